/**
 * What the guide's drill has in place of clickhouse-server, which is no package of Debian 12: the embedded server, which is the same
 * engine behind the same HTTP, with a user that has the rights of deploy/clickhouse-user.sql, and nginx for its TLS.
 */
export const STAND_IN_CLICKHOUSE = `
export CLICKHOUSE_PASSWORD=$(openssl rand -hex 24)
install -d -m 700 -o trackly /var/lib/trackly /var/lib/trackly/clickhouse
echo "$CLICKHOUSE_PASSWORD" > /var/lib/trackly/clickhouse/clickhouse.password
chown trackly /var/lib/trackly/clickhouse/clickhouse.password
mkdir -p /var/log/units
cd /opt/trackly-links
setsid setpriv --reuid=trackly --regid=trackly --init-groups env DATA_DIR=/var/lib/trackly/clickhouse CLICKHOUSE_PORT=8123 \\
  deploy/trackly clickhouse > /var/log/units/clickhouse.log 2>&1 < /dev/null &
cat > /root/clickhouse-tls.conf << END
pid /run/clickhouse-tls.pid;
events { worker_connections 512; }
http {
  access_log off;
  client_max_body_size 0;
  proxy_buffering off;
  proxy_request_buffering off;
  proxy_read_timeout 3600s;
  server {
    listen $BACK:8443 ssl;
    ssl_certificate /etc/trackly/back.crt;
    ssl_certificate_key /etc/trackly/back.key;
    location / { proxy_pass http://127.0.0.1:8123; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host \\$http_host; }
  }
}
END
nginx -c /root/clickhouse-tls.conf
timeout 60 sh -c 'until curl -sf http://127.0.0.1:8123/ping; do sleep 0.2; done'
`;
