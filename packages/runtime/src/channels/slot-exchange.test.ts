import {
  type AtomicsPort,
  type ClockPort,
  type ColumnarBatch,
  hashKey,
  keyGroupOf,
  type ObjectBatch,
  subtaskOf,
  type VertexId,
} from '@weir/core';
import type { JobEdge, JobGraph, JobVertex, ShipStrategy } from '@weir/graph';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamElement } from '../operators/output-buffer.ts';
import type { GateEvent, InputGate, OutputWriter } from './contracts.ts';
import { planExchange, readTurns, segmentsInUse } from './exchange-plan.ts';
import { SlotExchange } from './slot-exchange.ts';

const MAX_PARALLELISM = 128;

function vertex(id: string, parallelism: number): JobVertex {
  return {
    id: id as VertexId,
    name: id,
    operators: [],
    parallelism,
    maxParallelism: MAX_PARALLELISM,
    slotSharingGroup: 'default',
  };
}

function graphOf(strategy: ShipStrategy, sources: number, targets: number): JobGraph {
  const edge: JobEdge = {
    index: 0,
    source: 'a' as VertexId,
    sourceOperator: 0,
    target: 'b' as VertexId,
    targetInput: 0,
    strategy,
    outputTag: null,
  };
  return {
    name: 'test',
    vertices: [vertex('a', sources), vertex('b', targets)],
    edges: [edge],
    configuration: {},
    args: [],
    submittedAtMs: 0,
  };
}

/** Real operations on real shared memory; `between` may run another slot's steps around each. */
class InterleavedAtomics implements AtomicsPort {
  between: () => void = () => {};

  load(cells: Int32Array, index: number): number {
    this.between();
    return Atomics.load(cells, index);
  }
  store(cells: Int32Array, index: number, value: number): void {
    this.between();
    Atomics.store(cells, index, value);
    this.between();
  }
  add(cells: Int32Array, index: number, value: number): number {
    this.between();
    return Atomics.add(cells, index, value);
  }
  notify(cells: Int32Array, index: number): void {
    Atomics.notify(cells, index);
  }
  waitAsync(cells: Int32Array, index: number, expected: number): Promise<unknown> | null {
    this.between();
    const result = Atomics.waitAsync(cells as Int32Array<SharedArrayBuffer>, index, expected);
    return result.async ? result.value : null;
  }
}

class ManualClock implements ClockPort {
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

interface Row {
  readonly source: number;
  readonly sequence: number;
  readonly key: string;
}

interface Rig {
  readonly writers: OutputWriter[];
  readonly gates: InputGate[];
  readonly exchanges: SlotExchange[];
  readonly atomics: InterleavedAtomics;
  readonly clock: ManualClock;
  readonly plan: ReturnType<typeof planExchange>;
}

/** `a` → `b`; subtask i runs in slot i mod `slots`. */
function rigOf(
  strategy: ShipStrategy,
  sources: number,
  targets: number,
  segmentBytes = 1024,
  slots = 2,
): Rig {
  const graph = graphOf(strategy, sources, targets);
  const tasks = graph.vertices.flatMap(({ id, parallelism }) =>
    Array.from({ length: parallelism }, (_, subtask) => ({
      vertexId: id,
      subtask,
      slot: subtask % slots,
    })),
  );
  const plan = structuredClone(planExchange(graph, tasks, slots, segmentBytes));
  const atomics = new InterleavedAtomics();
  const clock = new ManualClock();
  const exchanges = Array.from(
    { length: slots },
    (_, slot) => new SlotExchange({ plan, slot, atomics, clock, mode: 'EXACTLY_ONCE' }),
  );
  const keySelectors = new Map([[0, (row: Row) => row.key]]);
  const { edges } = graph;
  const writers = Array.from({ length: sources }, (_, subtask) =>
    exchanges[subtask % slots]!.createWriter({ vertexId: 'a', subtask, edges, keySelectors }),
  );
  const gates = Array.from({ length: targets }, (_, subtask) =>
    exchanges[subtask % slots]!.createGate('b', subtask),
  );
  return { writers, gates, exchanges, atomics, clock, plan };
}

function batchOf(rows: readonly unknown[]): ObjectBatch {
  return { kind: 'objects', count: rows.length, rows, timestamps: null, keyHashes: null };
}

function rowsOf(events: readonly GateEvent[]): unknown[] {
  return events.flatMap((event) =>
    event.kind === 'batch' ? (event.batch as ObjectBatch).rows.slice(0, event.batch.count) : [],
  );
}

/** Everything a script says, delivered with everybody taking turns; the events of each gate. */
function deliver(rig: Rig, scripts: readonly StreamElement[][], seed: number): GateEvent[][] {
  const random = lcg(seed);
  const events: GateEvent[][] = rig.gates.map(() => []);
  const at = scripts.map(() => 0);
  const running = new Set<number>();
  const stepSlot = (slot: number): void => {
    running.add(slot);
    rig.exchanges[slot]!.poll();
    rig.writers.forEach((writer, subtask) => {
      if (subtask % rig.exchanges.length !== slot) return;
      if (random(4) === 0) writer.flush();
      if (!writer.drain() || random(3) === 0) return;
      const element = scripts[subtask]![at[subtask]!];
      if (element === undefined) return;
      at[subtask]!++;
      writer.push(element);
      writer.drain();
    });
    rig.gates.forEach((gate, subtask) => {
      if (subtask % rig.exchanges.length !== slot) return;
      for (let n = random(4); n > 0; n--) {
        const event = gate.next();
        if (event !== null) events[subtask]!.push(event);
      }
    });
    rig.clock.ms += random(3);
    running.delete(slot);
  };
  rig.atomics.between = () => {
    const other = random(rig.exchanges.length);
    if (running.size > 0 && !running.has(other) && random(2) === 0) stepSlot(other);
  };
  const isOver = () => scripts.every((script, i) => at[i] === script.length);
  for (let turn = 0, quiet = 0; quiet < 50; turn++) {
    if (turn > 100_000) throw new RangeError(`stuck with seed ${seed}`);
    stepSlot(random(rig.exchanges.length));
    quiet = isOver() && rig.writers.every((writer) => writer.drain()) ? quiet + 1 : 0;
    if (quiet > 0) for (const writer of rig.writers) writer.flush();
  }
  rig.atomics.between = () => {};
  for (let i = 0; i < 3; i++) {
    for (const exchange of rig.exchanges) exchange.poll();
    rig.gates.forEach((gate, subtask) => {
      for (let event = gate.next(); event !== null; event = gate.next()) {
        events[subtask]!.push(event);
      }
    });
  }
  return events;
}

function lcg(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Batches of different sizes with a watermark, and a barrier after each round. */
function scriptsOf(sources: number, rounds: readonly number[], text: string): StreamElement[][] {
  return Array.from({ length: sources }, (_, source) => {
    const script: StreamElement[] = [];
    let sequence = 0;
    rounds.forEach((size, round) => {
      for (let batch = 0; batch <= source % 2; batch++) {
        const rows = Array.from({ length: size }, () => {
          const row: Row = { source, sequence, key: `${text}${sequence % 17}` };
          sequence++;
          return row;
        });
        script.push(batchOf(rows));
      }
      script.push({ kind: 'watermark', timestampMs: round * 10 + source });
      script.push({
        kind: 'barrier',
        checkpointId: round + 1,
        triggeredAtMs: 0,
        checkpointType: 'checkpoint',
      });
    });
    script.push({ kind: 'endOfInput' });
    return script;
  });
}

const STRATEGIES: readonly ShipStrategy[] = ['FORWARD', 'HASH', 'REBALANCE', 'BROADCAST'];

describe('slot exchange', () => {
  test('nothing is lost, doubled, reordered or passes a barrier, however threads mix', () => {
    const cases = fc.record({
      strategy: fc.constantFrom(...STRATEGIES),
      sources: fc.integer({ min: 1, max: 4 }),
      targets: fc.integer({ min: 1, max: 4 }),
      rounds: fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 5 }),
      slots: fc.integer({ min: 1, max: 3 }),
      text: fc.constantFrom('k', 'schlüssel', '鍵', 'x'.repeat(1500)),
      seed: fc.integer({ min: 0, max: 2 ** 31 }),
    });
    fc.assert(
      fc.property(cases, ({ strategy, sources, targets: drawn, rounds, slots, text, seed }) => {
        const targets = strategy === 'FORWARD' ? sources : drawn;
        const rig = rigOf(strategy, sources, targets, 1024, slots);
        const scripts = scriptsOf(sources, rounds, text);
        const events = deliver(rig, scripts, seed);
        checkDelivery(scripts, events, strategy);
        for (const exchange of rig.exchanges) exchange.beginTurn();
        expect(segmentsInUse(rig.plan, rig.atomics)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('a record goes to the subtask that owns its key group, its hash with it', () => {
    const rig = rigOf('HASH', 1, 4);
    const scripts = scriptsOf(1, [100], 'user-');
    deliver(rig, scripts, 1).forEach((events, subtask) => {
      for (const event of events) {
        if (event.kind !== 'batch') continue;
        const { rows, keyHashes } = event.batch as ObjectBatch;
        (rows as Row[]).forEach((row, i) => {
          const hash = hashKey(row.key);
          expect(keyHashes![i]).toBe(hash);
          const group = keyGroupOf(hash, MAX_PARALLELISM);
          expect(subtaskOf(group, 4, MAX_PARALLELISM)).toBe(subtask);
        });
      }
    });
  });

  test('columns are spread by the hashes they carry, selected rows only', () => {
    for (const hashed of [true, false]) {
      const rig = rigOf('HASH', 1, 4);
      const count = 200;
      const key = Int32Array.from({ length: count }, (_, i) => i * 31);
      const columns = [{ type: 'i32', values: key, nulls: null }] as const;
      const selection = Int32Array.from({ length: count / 2 }, (_, i) => i * 2);
      const keyHashes = hashed ? Int32Array.from(key, (value) => hashKey(value)) : null;
      const schema = [{ name: 'key', type: 'i32' }] as const;
      const timestamps = Float64Array.from(key);
      const batch = { kind: 'columns', count, schema, columns, timestamps, selection, keyHashes };
      const script = [batch as ColumnarBatch, { kind: 'endOfInput' } as const];
      const arrived: number[] = [];
      deliver(rig, [script], 3).forEach((events, subtask) => {
        for (const event of events) {
          if (event.kind !== 'batch') continue;
          const part = event.batch as ColumnarBatch;
          const live = part.selection ?? Int32Array.from({ length: part.count }, (_, i) => i);
          for (const i of live) {
            const value = (part.columns[0] as { values: Int32Array }).values[i]!;
            expect(part.timestamps![i]).toBe(value);
            expect(part.keyHashes![i]).toBe(hashKey(value));
            const group = keyGroupOf(hashKey(value), MAX_PARALLELISM);
            expect(subtaskOf(group, 4, MAX_PARALLELISM)).toBe(subtask);
            arrived.push(value);
          }
        }
      });
      arrived.sort((left, right) => left - right);
      expect(arrived).toEqual([...selection].map((i) => key[i]!));
    }
  });

  test('values much larger than all segments of a channel get through', () => {
    const across = rigOf('REBALANCE', 1, 2);
    const big = { text: 'ab'.repeat(100_000), other: '日本'.repeat(5000) };
    const rows = [{ n: 1 }, big, { n: 2 }, big, big, { n: 3 }];
    const script: StreamElement[] = rows.map((row) => batchOf([row]));
    script.push({ kind: 'endOfInput' });
    const events = deliver(across, [script], 7);
    expect(rowsOf(events[0]!)).toStrictEqual([rows[0], rows[2], rows[4]]);
    expect(rowsOf(events[1]!)).toStrictEqual([rows[1], rows[3], rows[5]]);
    expect(events.map((list) => list.at(-1)!.kind)).toEqual(['endOfInput', 'endOfInput']);
  });

  test('a sender without credit is blocked, says on which edge, and goes on later', () => {
    const rig = rigOf('BROADCAST', 1, 2);
    const [writer] = rig.writers;
    const rows = Array.from({ length: 1000 }, (_, i) => ({ i, text: 'some text' }));
    writer!.push(batchOf(rows));
    expect(writer!.drain()).toBe(false);
    expect(writer!.blockedOn).toBe(0);
    expect(writer!.stats()[0]!.fill).toBe(1);
    expect(() => writer!.push(batchOf(rows))).toThrow('pushed before the last element');
    const arrived: unknown[] = [];
    for (let turn = 0; turn < 1000 && arrived.length < 1000; turn++) {
      rig.exchanges[1]!.poll();
      for (const gate of rig.gates) {
        for (let event = gate.next(); event !== null; event = gate.next()) {
          if (gate === rig.gates[1]) arrived.push(...rowsOf([event]));
        }
      }
      rig.exchanges[0]!.poll();
      if (writer!.drain()) writer!.flush();
    }
    expect(arrived).toStrictEqual(rows);
    expect(writer!.blockedOn).toBe(null);
    expect(writer!.stats()[0]!.records).toBe(2000);
  });

  test('credit that was used comes back, all of it', () => {
    const rig = rigOf('REBALANCE', 1, 2);
    const [writer] = rig.writers;
    const used: number[] = [];
    for (let round = 0; round < 10; round++) {
      while (writer!.drain()) {
        writer!.push(batchOf(Array.from({ length: 64 }, (_, i) => ({ price: i + 0.5 }))));
        writer!.drain();
        while (rig.gates[0]!.next() !== null) {}
      }
      rig.exchanges[0]!.beginTurn();
      used.push(segmentsInUse(rig.plan, rig.atomics));
      rig.exchanges[1]!.poll();
      while (rig.gates[1]!.next() !== null) {}
      rig.exchanges[0]!.poll();
    }
    expect(used.slice(-5)).toEqual([9, 9, 9, 9, 9]);
  });

  test('what is under way to a slow receiver is less than a second of its work', () => {
    const rowsUnderWay = (msPerRow: number): number => {
      const rig = rigOf('REBALANCE', 1, 2, 32 * 1024);
      const [writer] = rig.writers;
      const [local, gate] = rig.gates;
      let sent = 0;
      const readOne = (): number => {
        rig.exchanges[1]!.poll();
        const event = gate!.next();
        const rows = event?.kind === 'batch' ? event.batch.count : 0;
        rig.clock.ms += rows * msPerRow;
        return rows;
      };
      for (let turn = 0; turn < 400; turn++) {
        for (let more = true; more; ) {
          while (local!.next() !== null) {}
          if (!writer!.drain()) break;
          writer!.push(batchOf(Array.from({ length: 200 }, (_, i) => ({ i: 1e6 + sent + i }))));
          sent += 200;
          more = writer!.drain();
        }
        readOne();
        rig.exchanges[0]!.poll();
      }
      let rows = 0;
      for (let read = readOne(); read > 0; read = readOne()) rows += read;
      return rows;
    };
    expect(rowsUnderWay(0.001)).toBeGreaterThan(10_000);
    expect(rowsUnderWay(2) * 2).toBeLessThan(1000);
    expect(rowsUnderWay(10) * 10).toBeLessThan(1000);
  });

  test('an unregistered class is refused at the first record, within a thread too', () => {
    class Order {
      id = 1;
    }
    for (const targets of [1, 2]) {
      const rig = rigOf('BROADCAST', 1, targets);
      const refused = expect.objectContaining({ code: 'CLASS_NOT_REGISTERED' }) as unknown as Error;
      rig.writers[0]!.push(batchOf([new Order()]));
      expect(() => rig.writers[0]!.drain()).toThrow(refused);
    }
  });

  test('a key selector that throws names what it should have done', () => {
    const rig = rigOf('HASH', 1, 2);
    const refused = expect.objectContaining({ code: 'USER_FUNCTION_FAILED' }) as unknown as Error;
    expect(() => rig.writers[0]!.push(batchOf([null]))).toThrow(refused);
  });

  test('a keyed edge without its selector is a job that evaluates differently', () => {
    const graph = graphOf('HASH', 1, 1);
    const tasks = ['a', 'b'].map((vertexId) => ({ vertexId, subtask: 0, slot: 0 }));
    const plan = planExchange(graph, tasks, 1);
    const atomics = new InterleavedAtomics();
    const clock = new ManualClock();
    const exchange = new SlotExchange({ plan, slot: 0, atomics, clock, mode: 'EXACTLY_ONCE' });
    const setup = { vertexId: 'a', subtask: 0, edges: graph.edges, keySelectors: new Map() };
    expect(() => exchange.createWriter(setup)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_NOT_DETERMINISTIC' }) as unknown as Error,
    );
  });

  test('turns are counted where the main thread can read them', () => {
    const { plan, exchanges, atomics } = rigOf('HASH', 1, 2);
    exchanges[1]!.beginTurn();
    exchanges[1]!.beginTurn();
    expect([readTurns(plan, 0, atomics), readTurns(plan, 1, atomics)]).toEqual([0, 2]);
  });

  test('what arrives between the last look and the wait is not slept over', () => {
    for (let skip = 0; skip < 12; skip++) {
      const rig = rigOf('BROADCAST', 1, 2);
      let calls = 0;
      rig.atomics.between = () => {
        if (calls++ !== skip) return;
        rig.writers[0]!.push({ kind: 'endOfInput' });
        rig.writers[0]!.drain();
      };
      const sleep = rig.exchanges[1]!.sleep();
      const noticed = sleep === null || calls <= skip || isRung(rig, 1);
      expect(noticed).toBe(true);
    }
  });

  test('a slot that rang its own bell does not fall asleep', async () => {
    const { exchanges } = rigOf('BROADCAST', 1, 2);
    exchanges[0]!.ringSelf();
    expect(exchanges[0]!.sleep()).toBe(null);
    const sleep = exchanges[0]!.sleep();
    expect(sleep).not.toBe(null);
    exchanges[0]!.ringSelf();
    await sleep;
    expect(exchanges[0]!.sleep()).not.toBe(null);
  });
});

/** The bell word of a slot moved: whoever waits on it is woken. */
function isRung(rig: Rig, slot: number): boolean {
  const cells = new Int32Array(rig.plan.control);
  return cells[slot * 128] !== 0;
}

function checkDelivery(
  scripts: readonly StreamElement[][],
  events: readonly GateEvent[][],
  strategy: ShipStrategy,
): void {
  const sent = scripts.flatMap((script) => batchRows(script));
  const arrived = events.map((list) => rowsOf(list) as Row[]);
  const copies = strategy === 'BROADCAST' ? events.length : 1;
  expect(arrived.flat()).toHaveLength(sent.length * copies);
  const identity = (row: Row) => `${row.source}/${row.sequence}/${row.key}`;
  expect(new Set(arrived.flat().map(identity))).toEqual(new Set(sent.map(identity)));
  for (const rows of arrived) {
    scripts.forEach((_, source) => {
      const sequence = rows.filter((row) => row.source === source).map((row) => row.sequence);
      expect(sequence).toEqual([...sequence].sort((left, right) => left - right));
    });
  }
  for (const [target, list] of events.entries()) checkBarriers(scripts, list, target, strategy);
}

/** Before barrier n a gate hands out exactly what its senders sent before theirs. */
function checkBarriers(
  scripts: readonly StreamElement[][],
  events: readonly GateEvent[],
  target: number,
  strategy: ShipStrategy,
): void {
  const barriers = scripts[0]!.filter((element) => element.kind === 'barrier').length;
  const seen = events.filter((event) => event.kind === 'barrier');
  expect(seen.map((event) => event.barrier.checkpointId)).toEqual(
    Array.from({ length: barriers }, (_, i) => i + 1),
  );
  expect(events.at(-1)!.kind).toBe('endOfInput');
  const before = new Map<string, number>();
  scripts.forEach((script, source) => {
    let barrier = 1;
    for (const element of script) {
      if (element.kind === 'barrier') barrier++;
      if (element.kind !== 'objects') continue;
      for (const row of element.rows as Row[]) before.set(`${source}/${row.sequence}`, barrier);
    }
  });
  let next = 1;
  for (const event of events) {
    if (event.kind === 'barrier') next++;
    if (event.kind !== 'batch') continue;
    for (const row of rowsOf([event]) as Row[]) {
      expect(before.get(`${row.source}/${row.sequence}`)).toBe(next);
      if (strategy === 'FORWARD') expect(row.source).toBe(target);
    }
  }
}

function batchRows(script: readonly StreamElement[]): Row[] {
  return script.flatMap((element) => (element.kind === 'objects' ? (element.rows as Row[]) : []));
}
