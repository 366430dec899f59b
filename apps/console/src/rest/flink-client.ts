/** The REST client of this page's own server. */
import { FlinkRestClient } from '@weir/flink-rest';

export const flink = new FlinkRestClient({ baseUrl: '' });
