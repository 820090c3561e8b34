/** A collector of OpenTelemetry: OTLP/HTTP with JSON, on loopback. It keeps what it was sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number };
}

export interface ReceivedSpan {
  service: string;
  instance: string;
  name: string;
  trace_id: string;
  span_id: string;
  parent_id: string;
  began_ms: number;
  ended_ms: number;
  attributes: Record<string, unknown>;
}

export interface ReceivedMetric {
  name: string;
  unit: string;
  sum?: { isMonotonic: boolean; dataPoints: ReceivedPoint[] };
  gauge?: { dataPoints: ReceivedPoint[] };
  histogram?: { dataPoints: (ReceivedPoint & { bucketCounts: number[]; explicitBounds: number[] })[] };
}

interface ReceivedPoint {
  asDouble?: number;
  asInt?: number | string;
  startTimeUnixNano: string;
  attributes: Attribute[];
}

export interface OtlpReceiver {
  url: string;
  spans: ReceivedSpan[];
  metrics: ReceivedMetric[];
  /** Headers of the last request. */
  headers: Record<string, unknown>;
  /** While it is true nothing is answered. */
  silent: boolean;
  close(): Promise<void>;
}

const values = (attributes: Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

interface Body {
  resourceSpans?: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: (Record<string, string> & { attributes: Attribute[] })[] }[];
  }[];
  resourceMetrics?: { scopeMetrics: { metrics: ReceivedMetric[] }[] }[];
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (receiver.silent) return;
    receiver.headers = request.headers;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    if (request.url === '/v1/traces') take(body);
    else if (request.url === '/v1/metrics') {
      receiver.metrics = (body.resourceMetrics ?? []).flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics),
      );
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });

  function take({ resourceSpans = [] }: Body): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const of = values(resource.attributes);
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        receiver.spans.push({
          service: String(of['service.name']),
          instance: String(of['service.instance.id']),
          name: span['name'] ?? '',
          trace_id: span['traceId'] ?? '',
          span_id: span['spanId'] ?? '',
          parent_id: span['parentSpanId'] ?? '',
          began_ms: Number(span['startTimeUnixNano']) / 1e6,
          ended_ms: Number(span['endTimeUnixNano']) / 1e6,
          attributes: values(span.attributes),
        });
      }
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ spans: [], metrics: [], headers: {}, silent: false },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
