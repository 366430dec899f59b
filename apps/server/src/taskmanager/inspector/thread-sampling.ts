/**
 * Samples the slots' threads while the server asks for it, and sends what was sampled in slices.
 *
 * Call contract: `renew` begins sampling or prolongs it; without another `renew` in time it ends by
 * itself, so that a server that forgot, or a viewer that went away, costs nothing.
 *
 * Invariants: nothing is attached to any thread while not sampling; one slice at a time; what is
 * sent covers the time from the first to the last slice without gaps.
 */
import type {
  Deployment,
  InspectionReport,
  InspectionRequest,
  PositionedOperator,
  SampledPart,
  ThreadSamples,
} from '@weir/runtime';
import { CallTree } from '../../profiles/call-tree.ts';
import type { SlotThread } from '../slot-thread.ts';
import { operatorNear } from '../whereabouts.ts';
import type { CodePlaces } from './code-places.ts';
import { type Owner, ProfileAttribution, type ThreadTasks } from './profile-attribution.ts';
import { SlotProfiler, type V8Profile } from './slot-profiler.ts';
import { WorkerInspector } from './worker-inspector.ts';

type SampleRequest = Extract<InspectionRequest, { type: 'sampleThreads' }>;

/** The first slices are short, so that a viewer soon sees something. */
const SLICE_MS_FIRST = 500;
const SLICE_GROWTH = 2;

interface Sampled {
  readonly slot: SlotThread;
  readonly profiler: SlotProfiler;
  readonly attribution: ProfileAttribution;
}

export class ThreadSampling {
  readonly #deployment: Deployment;
  readonly #slots: readonly SlotThread[];
  readonly #places: CodePlaces;
  readonly #send: (report: InspectionReport) => void;
  #untilMs = 0;
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(
    deployment: Deployment,
    slots: readonly SlotThread[],
    places: CodePlaces,
    send: (report: InspectionReport) => void,
  ) {
    this.#deployment = deployment;
    this.#slots = slots;
    this.#places = places;
    this.#send = send;
  }

  renew(request: SampleRequest): void {
    this.#untilMs = request.forMs === 0 ? 0 : performance.now() + request.forMs;
    if (request.forMs === 0) this.#wake?.();
    else
      this.#running ??= this.#run(request).finally(() => {
        this.#running = null;
      });
  }

  async #run({ sliceMs, intervalMicros }: SampleRequest): Promise<void> {
    const inspector = new WorkerInspector();
    try {
      const sampled = await this.#attach(inspector, intervalMicros);
      this.#send({ type: 'sampling', threads: sampled.length });
      let fromMs = Date.now();
      let lengthMs = Math.min(SLICE_MS_FIRST, sliceMs);
      while (performance.now() < this.#untilMs && sampled.length > 0) {
        await this.#sleep(Math.min(lengthMs, this.#untilMs - performance.now()));
        lengthMs = Math.min(sliceMs, lengthMs * SLICE_GROWTH);
        const last = performance.now() >= this.#untilMs;
        const profiles = await Promise.all(
          sampled.map(({ profiler }) => (last ? profiler.stop() : profiler.cut())),
        );
        const toMs = Date.now();
        const samples = samplesOf(sampled, profiles, fromMs, toMs, intervalMicros);
        this.#send({ type: 'threadSamples', samples });
        fromMs = toMs;
      }
    } finally {
      inspector.close();
      this.#send({ type: 'sampling', threads: 0 });
    }
  }

  async #attach(inspector: WorkerInspector, intervalMicros: number): Promise<Sampled[]> {
    const attached = this.#slots.map(async (slot): Promise<Sampled | null> => {
      const link = await inspector.link(slot.worker);
      if (link === null) return null;
      const profiler = new SlotProfiler(link);
      await profiler.start(intervalMicros);
      const tasks = threadTasksOf(this.#deployment, slot.slot);
      return { slot, profiler, attribution: new ProfileAttribution(this.#places, tasks) };
    });
    return (await Promise.all(attached)).filter((one) => one !== null);
  }

  /** Ends early when sampling is to end. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function samplesOf(
  sampled: readonly Sampled[],
  profiles: readonly (V8Profile | null)[],
  fromMs: number,
  toMs: number,
  intervalMicros: number,
): ThreadSamples {
  const parts = sampled.flatMap(({ attribution }, i) => {
    const profile = profiles[i] ?? null;
    return profile === null ? [] : attribution.parts(profile, toMs - fromMs);
  });
  return {
    fromMs,
    toMs,
    intervalMicros,
    threads: profiles.filter((profile) => profile !== null).length,
    samples: parts.reduce((sum, part) => sum + part.samples, 0),
    parts: merged(parts),
  };
}

/** Threads have one part each for what belongs to no subtask. */
function merged(parts: readonly SampledPart[]): SampledPart[] {
  const outside = parts.filter(({ task }) => task === null);
  const tree = new CallTree<SampledPart['tree']['frames'][number]['kind']>();
  for (const part of outside) tree.add(part.tree);
  const samples = outside.reduce((sum, part) => sum + part.samples, 0);
  const own = parts.filter(({ task }) => task !== null);
  return samples === 0 ? own : [...own, { task: null, samples, tree: tree.toTree() }];
}

function threadTasksOf({ graph, tasks, ...rest }: Deployment, slot: number): ThreadTasks {
  const operators = tasks
    .filter((task) => task.slot === slot)
    .flatMap(({ vertexId, subtask }) => {
      const vertex = graph.vertices.find(({ id }) => id === vertexId);
      return (vertex?.operators ?? []).map((node) => ({ vertexId, subtask, node }));
    });
  const waiting = operators.filter(({ node }) => node.callSite !== null);
  return {
    operatorName: ({ operatorId }) =>
      operators.find(({ node }) => node.id === operatorId)?.node.name ?? null,
    isVertex: (vertexId) => operators.some((operator) => operator.vertexId === vertexId),
    near: (place) => ownerOf(operatorNear(place, { graph, tasks, ...rest }, slot)),
    waiting: waiting.length === 1 ? ownerOf(waiting[0]!) : null,
  };
}

function ownerOf(
  found: Pick<PositionedOperator, 'vertexId' | 'subtask' | 'node'> | null,
): Owner | null {
  if (found === null) return null;
  const { vertexId, subtask, node } = found;
  return { vertexId, subtask, operatorId: node.id };
}
