/** What may stand after `--` on the command line of a Kafka example. */
import { parseArgs } from 'node:util';
import { Duration, WeirError } from '@weir/core';

export interface KafkaExampleOptions {
  /** `host:port`, several with commas. */
  readonly bootstrapServers: string;
  readonly checkpointIntervalMs: number;
  /** What an answer from outside takes, ms. */
  readonly lookupLatencyMs: number;
  /** Between the newest and the oldest record that is still taken, ms. */
  readonly boundMs: number;
}

const USAGE =
  'options: --bootstrap-servers HOST:PORT,…  --checkpoint-interval 10s  --bound 5s  ' +
  '--lookup-latency 30ms';

/** @throws WeirError ARGUMENT_INVALID with the options there are. */
export function kafkaExampleOptions(args: readonly string[]): KafkaExampleOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'bootstrap-servers': { type: 'string', default: '127.0.0.1:9092' },
        'checkpoint-interval': { type: 'string', default: '10s' },
        'lookup-latency': { type: 'string', default: '30ms' },
        bound: { type: 'string', default: '5s' },
      },
    });
    return {
      bootstrapServers: values['bootstrap-servers'],
      checkpointIntervalMs: Duration.parse(values['checkpoint-interval']).ms,
      lookupLatencyMs: Duration.parse(values['lookup-latency']).ms,
      boundMs: Duration.parse(values.bound).ms,
    };
  } catch (cause) {
    throw new WeirError('ARGUMENT_INVALID', `${(cause as Error).message}\n${USAGE}`, { cause });
  }
}
