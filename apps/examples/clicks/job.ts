/**
 * Clicks per page and ten seconds, from Kafka to Kafka, exactly once: idle partitions hold nothing
 * back, late clicks go to a topic of their own. See README.md beside this; `npm run example --
 * clicks` brings a broker and traffic along.
 */
import {
  DeliveryGuarantee,
  deadLetterSerializer,
  KafkaRecordSerializationSchema,
  KafkaSink,
  KafkaSource,
  OffsetsInitializer,
  REFUSED_RECORD,
  type RefusedRecord,
} from '@weir/connector-kafka';
import {
  Duration,
  OutputTag,
  StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  types,
  WatermarkStrategy,
} from '@weir/datastream';
import { JsonDeserializationSchema, JsonSerializationSchema } from '@weir/formats';
import { kafkaExampleOptions } from '../traffic/kafka-options.ts';
import {
  CHECKED_CLICK,
  CLICK,
  CLICK_COUNT,
  type CheckedClick,
  type Click,
  type ClickCount,
  checkClick,
} from './click.ts';
import { COUNTED, countClicks, NameWindow } from './click-counts.ts';
import { robotCheck } from './robot-check.ts';
import { CLICKS_TOPIC, COUNTS_TOPIC, LATE_TOPIC, REFUSED_TOPIC } from './traffic.ts';

/** Of a subtask. */
const CHECKS_AT_ONCE = 16;

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const options = kafkaExampleOptions(env.args);
const { bootstrapServers, checkpointIntervalMs, boundMs, lookupLatencyMs } = options;
env.enableCheckpointing(checkpointIntervalMs);

const late = new OutputTag<CheckedClick>('late');
const refused = new OutputTag<RefusedRecord>('refused');

const clicks = KafkaSource.builder<Click>()
  .setBootstrapServers(bootstrapServers)
  .setTopics(CLICKS_TOPIC)
  .setGroupId('weir-clicks')
  .setStartingOffsets(OffsetsInitializer.committedOffsets('EARLIEST'))
  .setValueOnlyDeserializer(new JsonDeserializationSchema(checkClick))
  .setInvalidRecords(refused)
  .setProperty('fetch.min.bytes', '65536')
  .setProperty('fetch.max.wait.ms', '500')
  .build();

function asJson<T>(topic: string): KafkaRecordSerializationSchema<T> {
  return KafkaRecordSerializationSchema.builder<T>()
    .setTopic(topic)
    .setValueSerializationSchema(new JsonSerializationSchema<T>())
    .build();
}

/** Exactly once, under transactional ids that begin with the topic's name. */
function sinkTo<T>(topic: string, serializer = asJson<T>(topic)): KafkaSink<T> {
  return KafkaSink.builder<T>()
    .setBootstrapServers(bootstrapServers)
    .setRecordSerializer(serializer)
    .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
    .setTransactionalIdPrefix(`weir-clicks-${topic}`)
    .setProperty('transaction.timeout.ms', '900000')
    .build();
}

const read = env
  .fromSource(
    clicks,
    WatermarkStrategy.forBoundedOutOfOrderness<Click>(boundMs)
      .withTimestampAssigner((click) => click.timestamp)
      .withIdleness(Duration.ofSeconds(10)),
    'clicks',
  )
  .uid('clicks')
  .returns(CLICK);

read
  .getSideOutput(refused)
  .map((record) => record)
  .name('refused')
  .returns(REFUSED_RECORD)
  .sinkTo(sinkTo<RefusedRecord>(REFUSED_TOPIC, deadLetterSerializer(REFUSED_TOPIC)))
  .name('refused clicks')
  .uid('refused-clicks')
  .setParallelism(1);

const counts = read
  .asyncMap(robotCheck(lookupLatencyMs), {
    mode: 'unordered',
    capacity: CHECKS_AT_ONCE,
    timeout: Duration.ofSeconds(60),
    callSite: 'robot check',
  })
  .name('robot check')
  .uid('robot-check')
  .startNewChain()
  .returns(CHECKED_CLICK)
  .filter((click) => !click.robot)
  .name('people')
  .uid('people')
  .keyBy((click) => click.page, types.string())
  .window(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
  .allowedLateness(Duration.ofSeconds(2))
  .sideOutputLateData(late)
  .aggregate(countClicks, new NameWindow(), COUNTED)
  .name('clicks per page')
  .uid('clicks-per-page');

counts.returns(CLICK_COUNT).sinkTo(sinkTo<ClickCount>(COUNTS_TOPIC)).name('counts').uid('counts');
counts
  .getSideOutput(late)
  .sinkTo(sinkTo<CheckedClick>(LATE_TOPIC))
  .name('late clicks')
  .uid('late-clicks')
  .setParallelism(1);

await env.execute('clicks');
