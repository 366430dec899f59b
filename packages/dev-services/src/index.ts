export {
  type PgliteAddress,
  type PgliteOptions,
  type PgliteServer,
  startPglite,
} from './pglite.ts';
export { sharedPglite } from './shared-pglite.ts';
export { type KafkaCluster, type KafkaOptions, type KafkaTool, startKafka } from './kafka/kafka.ts';
export { kafkaProblem } from './kafka/kafka-jars.ts';
