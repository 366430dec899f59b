/**
 * A job whose checkpoints expire: `slow-service` answers one call at a time, so that a barrier
 * behind the records in its channels does not get through in time.
 */
import { Duration, StreamExecutionEnvironment } from '@weir/datastream';

const CALL_MS = 200;
const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.setParallelism(1).enableCheckpointing(1000);
env.getCheckpointConfig().setCheckpointTimeout(1500);
env.getCheckpointConfig().setTolerableCheckpointFailureNumber(1000);
env
  .fromSequence({ rows: null, keys: 10, keyType: 'string', startMs: 0, stepMs: 10 })
  .toDataStream()
  .map((row) => Number(row.id))
  .rebalance()
  .asyncMap((id: number) => new Promise<number>((done) => setTimeout(done, CALL_MS, id)), {
    mode: 'ordered',
    capacity: 1,
    timeout: Duration.ofSeconds(60),
    callSite: 'prices (slow-service)',
  })
  .name('price')
  .uid('price')
  .filter((id) => id < 0)
  .print()
  .name('report');
await env.execute('late-barrier');
