/** For the test of it. */
interface Z {
  request(asked: object): Promise<{ data: never }>;
}
type Perform = (z: Z, bundle: object) => Promise<Record<string, string> & { links: object[] }>;
interface Trigger {
  operation: {
    perform(z: Z, bundle: object): object[];
    performList(z: Z, bundle: object): Promise<object[]>;
    performSubscribe(z: Z, bundle: object): Promise<{ webhook_id: string }>;
    performUnsubscribe(z: Z, bundle: object): Promise<object>;
  };
}
declare const app: {
  authentication: { test(z: Z, bundle: object): Promise<object> };
  beforeRequest: [
    (request: { headers: object }, z: unknown, bundle: object) => { headers: Record<string, string> },
  ];
  afterResponse: [(response: object, z: unknown) => object];
  triggers: Record<string, Trigger>;
  creates: Record<
    'create_message' | 'shorten_link' | 'report_conversion',
    { operation: { perform: Perform } }
  >;
};
export default app;
