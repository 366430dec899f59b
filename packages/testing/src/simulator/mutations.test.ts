/**
 * Each safeguard of the engine, taken out: the simulator must notice, and name the law. The same
 * seeds pass with the engine as it is.
 */
import { describe, expect, it } from 'vitest';
import type { LawName } from './laws.ts';
import type { Scenario } from './scenario.ts';
import { soak } from './soak-runner.ts';
import type { SourceMutation } from './source-mutation.ts';

interface Safeguard extends SourceMutation {
  readonly name: string;
  /** What its absence breaks first; any of them. */
  readonly breaks: readonly LawName[];
  /** In which its absence can be seen; missing = in all. */
  readonly scenarios?: (scenario: Scenario) => boolean;
}

const FROM = 1;
const SEEDS_MAX = 60;
const TIMEOUT_MS = 300_000;

const SAFEGUARDS: readonly Safeguard[] = [
  {
    name: 'a channel that delivered its barrier is held back',
    file: 'runtime/src/channels/barrier-aligner.ts',
    search: 'else if (this.#aligns) this.#channels.block(channel);',
    replacement: '',
    breaks: ['key-order', 'exactly-once'],
  },
  {
    name: 'a task fsyncs its file before it acknowledges',
    file: 'runtime/src/checkpoint/checkpoint-file-writer.ts',
    search: 'await this.#storage.replace(this.path,',
    replacement: 'void this.#storage.replace(this.path,',
    breaks: ['acknowledged-is-durable'],
  },
  {
    name: 'a sink holds what it prepared until the checkpoint is complete',
    file: 'runtime/src/operators/sink.ts',
    search: 'if (committables.length > 0) this.#pending.set(checkpointId, committables);',
    replacement: 'if (committables.length > 0) await this.#commit(committables);',
    breaks: ['commit-after-durable', 'exactly-once'],
  },
  {
    name: 'sinks are told to commit after the metadata is durable',
    file: 'runtime/src/jobmaster/checkpoint-coordinator.ts',
    search: 'const published = await writeMetadata(',
    replacement:
      "this.#host.send({ type: 'notifyCheckpointComplete', checkpointId: checkpoint.id });\n" +
      '      const published = await writeMetadata(',
    breaks: ['commit-after-durable'],
  },
  {
    name: 'a thread looks into its mailboxes once more after it has set its flag',
    file: 'runtime/src/channels/doorbell.ts',
    search: 'const wait = poll() ? null :',
    replacement: 'const wait =',
    breaks: ['no-lost-wake-up'],
  },
  {
    name: 'a thread that frees a segment rings its owner',
    file: 'runtime/src/channels/remote-input.ts',
    search: 'this.#setup.doorbell.ring(this.#setup.peer);',
    replacement: '',
    breaks: ['no-lost-wake-up'],
  },
  {
    name: 'no operator runs between a preparation and its snapshot',
    file: 'runtime/src/task/stream-task.ts',
    search: 'if (this.#barrier === null || this.#barrier.next === 0) {',
    replacement: '{',
    breaks: ['exactly-once'],
  },
  {
    name: 'sinks are told to commit after the record is durable',
    file: 'runtime/src/jobmaster/checkpoint-coordinator.ts',
    search: 'await this.#host.saveRecord();',
    replacement: '',
    breaks: ['commit-after-durable'],
  },
  {
    name: 'a job that was drained does not read on after a failure',
    file: 'runtime/src/jobmaster/restore-plan.ts',
    search: 'inputEnded: metadata.jobId === jobId &&',
    replacement: 'inputEnded: false &&',
    breaks: ['exactly-once', 'at-least-once'],
    scenarios: ({ job, faults }) => job.ending === 'drained early' && faults.taskManagerCrashes > 0,
  },
];

describe('the simulator notices that a safeguard is missing', () => {
  it.each(SAFEGUARDS)(
    '$name',
    async ({ breaks, file, search, replacement, scenarios }) => {
      const mutation = { file, search, replacement };
      const found = await soak({
        from: FROM,
        seeds: SEEDS_MAX,
        ...(scenarios === undefined ? {} : { scenarios }),
        workers: 1,
        mutation,
        stopAtFailure: true,
      });
      const laws = found.failures.flatMap(({ violations }) => violations.map(({ law }) => law));
      expect(laws).not.toEqual([]);
      expect(breaks).toContain(laws[0]);
      const { seed } = found.failures[0]!;
      const unmutated = await soak({ from: seed, seeds: 1, workers: 1 });
      expect(unmutated.failures).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it('a mutation that no longer fits the code is an error, not a pass', async () => {
    const mutation = {
      file: 'runtime/src/channels/doorbell.ts',
      search: 'text that is not there',
      replacement: '',
    };
    await expect(soak({ from: FROM, seeds: 1, workers: 1, mutation })).rejects.toThrow(
      /must occur once/,
    );
  });
});
