/** The client of one subtask of a source or sink: its clock and timers, and what it says of trouble. */
import type { ClockPort, TaskInfo, TimerPort } from '@weir/core';
import type { KafkaConfig } from 'kafkajs';
import { KafkaClient } from './kafka-client.ts';
import { KafkajsTransport } from './kafkajs-transport.ts';
import { ThrottleTimes } from './throttle-times.ts';
import { TroubleLog } from './trouble-log.ts';

interface OperatorSurroundings {
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly taskInfo: TaskInfo;
}

interface ClientSettings {
  readonly connection: KafkaConfig;
  readonly servers: string;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
}

/** @param deadlineMs how long a call may take, retries included. */
export function operatorClient(
  { clock, timers, taskInfo }: OperatorSurroundings,
  { connection, servers, retryFirstMs, retryMaxMs }: ClientSettings,
  deadlineMs: number,
): KafkaClient {
  const log = new TroubleLog(taskInfo.operatorName, servers, clock);
  const throttle = new ThrottleTimes(clock);
  const transport = new KafkajsTransport({
    config: connection,
    onThrottle(api, throttleMs) {
      if (api === 'Fetch' || api === 'Produce') throttle.heard(api, throttleMs);
      log.throttled(throttleMs);
    },
  });
  return new KafkaClient({
    transport,
    clock,
    timers,
    retryFirstMs,
    retryMaxMs,
    deadlineMs,
    throttle,
    onTrouble: log.report,
  });
}
