// @ts-nocheck stopgap

import http from 'node:http';
import { Session } from 'chdb';
export async function startEmbeddedClickHouse({ data_dir, host, port: wanted }) {
  const s = new Session(data_dir);
  let chain = Promise.resolve();
  const server = http.createServer((req, res) => {
    const u = new URL(req.url, 'http://x');
    const chunks = [];
    req.on('data', (c) => chunks.push(c));
    req.on('end', () => {
      chain = chain.then(async () => {
        const body = Buffer.concat(chunks).toString();
        if (u.pathname === '/ping') return res.end('Ok.\n');
        const params = {};
        const settings = [];
        for (const [k, v] of u.searchParams) {
          if (k.startsWith('param_')) params[k.slice(6)] = v;
          else if (
            ![
              'query',
              'query_id',
              'database',
              'default_format',
              'session_id',
              'role',
              'wait_end_of_query',
              'send_progress_in_http_headers',
              'http_headers_progress_interval_ms',
            ].includes(k)
          )
            settings.push(`${k}='${v}'`);
        }
        const q = u.searchParams.get('query');
        const set = settings.length ? ` SETTINGS ${settings.join(', ')} ` : '';
        const db = u.searchParams.get('database');
        try {
          let sql;
          if (db) await s.queryAsync('USE ' + db);
          if (q) sql = q.replace(/\s+FORMAT (\w+)\s*$/, (_, f) => `${set} FORMAT ${f}\n${body}`);
          else sql = body.trimEnd().replace(/;$/, '') + (/^\s*(select|with)/i.test(body) ? set : '');
          const r = Object.keys(params).length
            ? await s.queryBindAsync(sql, params, { format: 'TSV' })
            : await s.queryAsync(sql, { format: 'TSV' });
          res.setHeader('x-clickhouse-format', 'JSONEachRow');
          res.end(Buffer.from(r.bytes()));
        } catch (e) {
          const m = String(e.message).replace('Query failed: ', '');
          const code = /Code: (\d+)/.exec(m)?.[1] ?? '0';
          res.statusCode = 500;
          res.setHeader('x-clickhouse-exception-code', code);
          res.end(m);
        }
      });
    });
  });
  await new Promise((r) => server.listen(wanted, host, r));
  return {
    port: server.address().port,
    async close() {
      server.closeAllConnections();
      await new Promise((r) => server.close(r));
      s.close?.();
    },
  };
}
