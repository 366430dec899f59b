/**
 * Fraud detection: transactions from Kafka, limits from PostgreSQL, what each user spends as keyed
 * state, alerts back to Kafka, exactly once. See README.md beside this; `npm run example -- fraud` brings a broker and
 * traffic along.
 */
import {
  DeliveryGuarantee,
  KafkaRecordSerializationSchema,
  KafkaSink,
  KafkaSource,
  OffsetsInitializer,
} from '@weir/connector-kafka';
import { Duration, StreamExecutionEnvironment, types, WatermarkStrategy } from '@weir/datastream';
import {
  JsonDeserializationSchema,
  JsonSerializationSchema,
  SimpleStringSchema,
} from '@weir/formats';
import { kafkaExampleOptions } from '../traffic/kafka-options.ts';
import { CustomerLookup } from './customer-lookup.ts';
import { FraudDetector } from './fraud-detector.ts';
import { ALERTS_TOPIC, TRANSACTIONS_TOPIC } from './traffic.ts';
import {
  checkTransaction,
  FRAUD_ALERT,
  type FraudAlert,
  RATED_TRANSACTION,
  TRANSACTION,
  type Transaction,
} from './transaction.ts';

/**
 * With 32 ms a query two subtasks get through a thousand transactions a second: enough, but for the
 * burst of each minute.
 */
const LOOKUP_BATCH = 16;

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { bootstrapServers, checkpointIntervalMs, lookupLatencyMs } = kafkaExampleOptions(env.args);
env.enableCheckpointing(checkpointIntervalMs);

const transactions = KafkaSource.builder<Transaction>()
  .setBootstrapServers(bootstrapServers)
  .setTopics(TRANSACTIONS_TOPIC)
  .setGroupId('weir-fraud')
  .setStartingOffsets(OffsetsInitializer.committedOffsets('EARLIEST'))
  .setValueOnlyDeserializer(new JsonDeserializationSchema(checkTransaction))
  .setProperty('isolation.level', 'read_committed')
  .build();

const alerts = KafkaSink.builder<FraudAlert>()
  .setBootstrapServers(bootstrapServers)
  .setRecordSerializer(
    KafkaRecordSerializationSchema.builder<FraudAlert>()
      .setTopic(ALERTS_TOPIC)
      .setKeySerializationSchema({
        serialize: ({ userId }) => new SimpleStringSchema().serialize(userId),
      })
      .setValueSerializationSchema(new JsonSerializationSchema<FraudAlert>())
      .build(),
  )
  .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
  .setTransactionalIdPrefix('weir-fraud')
  .setProperty('transaction.timeout.ms', '900000')
  .build();

env
  .fromSource(transactions, WatermarkStrategy.noWatermarks(), 'transactions')
  .uid('transactions')
  .returns(TRANSACTION)
  .asyncMap(new CustomerLookup(LOOKUP_BATCH, lookupLatencyMs), {
    mode: 'ordered',
    capacity: 4 * LOOKUP_BATCH,
    timeout: Duration.ofSeconds(60),
    callSite: 'customers (PostgreSQL)',
  })
  .name('customer look-up')
  .uid('customer-look-up')
  .startNewChain()
  .returns(RATED_TRANSACTION)
  .keyBy((transaction) => transaction.userId, types.string())
  .flatMap(new FraudDetector())
  .name('fraud detector')
  .uid('fraud-detector')
  .returns(FRAUD_ALERT)
  .sinkTo(alerts)
  .name('alerts')
  .uid('alerts');

await env.execute('fraud');
