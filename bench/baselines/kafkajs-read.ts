/** kafkajs's consumer, batch by batch; JSON is parsed, raw values are only looked at. */
import { Kafka, logLevel } from 'kafkajs';
import { topicOf } from '../workload/kafka-topics.ts';
import { report, Stopwatch } from '../workload/measurement.ts';
import { parametersOf } from '../workload/parameters.ts';

const { file, records, servers, format, topic: round } = parametersOf(process.argv.slice(2));
const kafka = new Kafka({ brokers: servers.split(','), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `bench-${process.pid}` });
await consumer.connect();
await consumer.subscribe({ topics: [topicOf('weir', round)], fromBeginning: true });
const watch = new Stopwatch(Math.floor(records / 5), records);
let count = 0;
let seen = 0;
await new Promise<void>((resolve) => {
  void consumer.run({
    async eachBatch({ batch }) {
      for (const { value } of batch.messages) {
        const length = value?.length ?? 0;
        seen += format === 'json' ? JSON.parse(value!.toString()).id : length;
      }
      watch.add(batch.messages.length);
      count += batch.messages.length;
      if (count >= records) resolve();
    },
  });
});
if (seen > 0) report(file, watch.result);
await consumer.disconnect();
