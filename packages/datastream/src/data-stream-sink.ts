import type { ChainingStrategy, OperatorTransformation } from '@weir/graph';
import { checkParallelism } from './program.ts';

/** The end of a stream, for naming it and setting its parallelism. */
export class DataStreamSink {
  readonly #transformation: OperatorTransformation;

  constructor(transformation: OperatorTransformation) {
    this.#transformation = transformation;
  }

  name(name: string): this {
    this.#transformation.name = name;
    return this;
  }

  uid(uid: string): this {
    this.#transformation.uid = uid;
    return this;
  }

  setParallelism(parallelism: number): this {
    this.#transformation.parallelism = checkParallelism(parallelism, 'parallelism');
    return this;
  }

  setMaxParallelism(maxParallelism: number): this {
    this.#transformation.maxParallelism = checkParallelism(maxParallelism, 'max parallelism');
    return this;
  }

  slotSharingGroup(group: string): this {
    this.#transformation.slotSharingGroup = group;
    return this;
  }

  disableChaining(): this {
    const never: ChainingStrategy = 'NEVER';
    this.#transformation.chaining = never;
    return this;
  }
}
