/** The REST client of this page's own server. */
import { CLIENT_HEADER } from '@weir/console-protocol';
import { FlinkRestClient } from '@weir/flink-rest';

export const flink = new FlinkRestClient({ baseUrl: '', headers: { [CLIENT_HEADER]: 'console' } });
