/**
 * Where a job program begins and ends. The process that evaluates the program has installed an
 * execution host; `execute()` hands it what the program built.
 */
import {
  Configuration,
  type DurationLike,
  MAX_PARALLELISM,
  OPERATOR_CHAINING,
  PARALLELISM_DEFAULT,
  type Source,
  type SourceSplit,
  type TypeInformation,
  WatermarkStrategy,
  WeirError,
} from '@weir/core';
import { type ExecutionHost, executionHost } from '@weir/graph';
import {
  type SequenceOptions,
  sequenceFactory,
  sequenceSchema,
  sourceFactory,
} from '@weir/runtime';
import { CheckpointConfig, type CheckpointingMode } from './checkpoint-config.ts';
import { ColumnStream } from './column-stream.ts';
import { CollectionSource } from './connectors/collection-source.ts';
import { SingleOutputStreamOperator } from './data-stream.ts';
import { checkParallelism, Program } from './program.ts';
import type { RestartStrategy } from './restart-strategies.ts';

const DEFAULT_JOB_NAME = 'Weir Streaming Job';

/**
 * @example
 * const env = StreamExecutionEnvironment.getExecutionEnvironment();
 * env.setParallelism(2).enableCheckpointing(10_000);
 * env.fromData('to be', 'or not to be')
 *   .flatMap((line: string, out: Collector<string>) => line.split(' ').forEach(out.collect, out))
 *   .map((word) => ({ word, count: 1 }))
 *   .keyBy((entry) => entry.word)
 *   .reduce((a, b) => ({ word: a.word, count: a.count + b.count }))
 *   .print();
 * await env.execute('word count');
 */
export class StreamExecutionEnvironment {
  /** What the program sets. Options of the command line win over it when the job starts. */
  readonly configuration = new Configuration();
  readonly #host: ExecutionHost;
  readonly #program = new Program();
  readonly #checkpoints = new CheckpointConfig(this.configuration);
  #executed = false;

  private constructor(host: ExecutionHost) {
    this.#host = host;
  }

  /** @throws WeirError JOB_DEFINITION_INVALID when the program was started as a plain script. */
  static getExecutionEnvironment(): StreamExecutionEnvironment {
    const host = executionHost();
    if (host !== null) return new StreamExecutionEnvironment(host);
    throw new WeirError(
      'JOB_DEFINITION_INVALID',
      'this program is a Weir job and runs inside the engine; start it with `weir run <file>`',
    );
  }

  /** What stood after `--` on the command line. The same at every evaluation of the program. */
  get args(): readonly string[] {
    return this.#host.args;
  }

  /** When the job was submitted, epoch ms: for programs that need "now" while they are built. */
  get submittedAtMs(): number {
    return this.#host.submittedAtMs;
  }

  setParallelism(parallelism: number): this {
    this.configuration.set(PARALLELISM_DEFAULT, checkParallelism(parallelism, 'parallelism'));
    return this;
  }

  /** The parallelism of operators that set none: the command line's, else the program's. */
  getParallelism(): number {
    return this.#effective.get(PARALLELISM_DEFAULT);
  }

  /** Number of key groups: the most that any operator can ever be scaled out to. */
  setMaxParallelism(maxParallelism: number): this {
    this.configuration.set(MAX_PARALLELISM, checkParallelism(maxParallelism, 'max parallelism'));
    return this;
  }

  getMaxParallelism(): number {
    return this.#effective.get(MAX_PARALLELISM);
  }

  /** Every operator becomes a task of its own. */
  disableOperatorChaining(): this {
    this.configuration.set(OPERATOR_CHAINING, false);
    return this;
  }

  enableCheckpointing(interval: DurationLike, mode: CheckpointingMode = 'EXACTLY_ONCE'): this {
    this.#checkpoints.setCheckpointInterval(interval);
    this.#checkpoints.setCheckpointingConsistencyMode(mode);
    return this;
  }

  getCheckpointConfig(): CheckpointConfig {
    return this.#checkpoints;
  }

  setRestartStrategy(strategy: RestartStrategy): this {
    for (const [key, text] of Object.entries(strategy)) this.configuration.setText(key, text);
    return this;
  }

  /** Any of Flink's configuration options. */
  configure(options: Readonly<Record<string, string>>): this {
    for (const [key, text] of Object.entries(options)) this.configuration.setText(key, text);
    return this;
  }

  /**
   * Reads a source; `strategy` says how event time advances, per split.
   * @example
   * const clicks = env.fromSource(
   *   source,
   *   WatermarkStrategy.forBoundedOutOfOrderness<Click>(Duration.ofSeconds(30))
   *     .withTimestampAssigner((click) => click.atMs),
   *   'clicks',
   * );
   */
  fromSource<T, S extends SourceSplit>(
    source: Source<T, S>,
    strategy: WatermarkStrategy<NoInfer<T>>,
    name: string,
    type: TypeInformation<NoInfer<T>> | null = null,
  ): SingleOutputStreamOperator<T> {
    return this.#addSource(source, strategy, name, type);
  }

  /** A bounded stream of the given records, read by one subtask. */
  fromCollection<T>(
    items: Iterable<T>,
    type: TypeInformation<NoInfer<T>> | null = null,
  ): SingleOutputStreamOperator<T> {
    const source = new CollectionSource<T>(items, type);
    const none = WatermarkStrategy.noWatermarks<T>();
    return this.#addSource(source, none, 'Collection Source', null, 1);
  }

  /** @example env.fromData(1, 2, 3).map((n) => n * n).print() */
  fromData<T>(...items: readonly T[]): SingleOutputStreamOperator<T> {
    return this.fromCollection(items);
  }

  /** Generated columns `id`, `key`, `value`, `time`, the same at every run. */
  fromSequence(options: SequenceOptions): ColumnStream {
    const source = this.#program.operator({
      role: 'source',
      name: 'Sequence',
      operatorType: 'Columnar sequence',
      inputs: [],
      factory: sequenceFactory(options),
    });
    return new ColumnStream(this.#program, source, sequenceSchema(options));
  }

  /**
   * Ends the program. Nothing after it runs in the engine, so it is the program's last statement.
   * @throws WeirError JOB_DEFINITION_INVALID when called twice.
   */
  execute(name = DEFAULT_JOB_NAME): Promise<void> {
    if (this.#executed) {
      throw new WeirError(
        'JOB_DEFINITION_INVALID',
        'execute() was called twice; a program is one job, put the second one into another file',
      );
    }
    this.#executed = true;
    const { transformations } = this.#program;
    return this.#host.execute({ name, transformations, configuration: this.configuration });
  }

  get #effective(): Configuration {
    return this.configuration.merge(this.#host.configuration);
  }

  #addSource<T, S extends SourceSplit>(
    source: Source<T, S>,
    watermarks: WatermarkStrategy<T>,
    name: string,
    type: TypeInformation<T> | null,
    parallelism?: number,
  ): SingleOutputStreamOperator<T> {
    const operator = this.#program.operator({
      role: 'source',
      name,
      operatorType: source.constructor === Object ? 'Source' : source.constructor.name,
      inputs: [],
      factory: sourceFactory<T, S>({ source, watermarks }),
      ...(parallelism === undefined ? {} : { parallelism }),
    });
    return new SingleOutputStreamOperator<T>(this.#program, operator, type ?? source.producedType);
  }
}
