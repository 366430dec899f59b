import { FlinkRestClient } from '@weir/flink-rest';

/** The server's REST client; it names itself, so that a job's timeline says who did what. */
export function serverClient(server: string): FlinkRestClient {
  return new FlinkRestClient({ baseUrl: server, headers: { 'x-weir-client': 'cli' } });
}
