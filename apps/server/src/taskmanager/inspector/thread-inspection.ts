/** What a TaskManager does for those who look into its threads: samples them, reads stacks. */
import type { Deployment, InspectionReport, InspectionRequest } from '@weir/runtime';
import type { SlotThread } from '../slot-thread.ts';
import { CodePlaces } from './code-places.ts';
import { ThreadSampling } from './thread-sampling.ts';
import { readStacks } from './thread-stacks.ts';

export class ThreadInspection {
  readonly #slots: readonly SlotThread[];
  readonly #places: CodePlaces;
  readonly #send: (report: InspectionReport) => void;
  readonly #sampling: ThreadSampling;

  constructor(
    deployment: Deployment,
    slots: readonly SlotThread[],
    send: (report: InspectionReport) => void,
  ) {
    this.#slots = slots;
    this.#places = new CodePlaces(deployment.artifactUrl);
    this.#send = send;
    this.#sampling = new ThreadSampling(deployment, slots, this.#places, send);
  }

  handle(request: InspectionRequest): void {
    if (request.type === 'sampleThreads') this.#sampling.renew(request);
    else void this.#readStacks(request.requestId);
  }

  async #readStacks(requestId: string): Promise<void> {
    const threads = await readStacks(this.#slots, this.#places);
    this.#send({ type: 'stacks', requestId, threads });
  }
}
