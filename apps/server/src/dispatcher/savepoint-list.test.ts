import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointMetadata, type JobView, writeMetadata } from '@weir/runtime';
import { beforeEach, expect, it } from 'vitest';
import {
  checkpoint,
  GRAPH,
  JOB,
  runningView,
  SINK,
  START_MS,
} from '../http/testing/synthetic-service.ts';
import { FileStorage } from '../storage/file-storage.ts';
import { disposeSavepoint } from './savepoint-disposal.ts';
import { SavepointLister } from './savepoint-list.ts';

const storage = (root: string) => new FileStorage(root);
const OPERATOR = GRAPH.vertices[1]!.operators[0]!;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weir-savepoints-'));
});

async function savepoint(
  name: string,
  more: Partial<CheckpointMetadata> = {},
  folder = root,
): Promise<string> {
  const file = (path: string, bytes: number, subtask: number) => ({ path, bytes, subtask });
  const operator = {
    operatorId: OPERATOR.id,
    uid: null,
    name: OPERATOR.name,
    vertexId: SINK,
    parallelism: 2,
    maxParallelism: 128,
    files: [file('sink-0', 100, 0), file('sink-1', 200, 1)],
  };
  const metadata: CheckpointMetadata = {
    checkpointId: 7,
    checkpointType: 'savepoint',
    jobId: JOB,
    jobName: 'flights',
    triggeredAtMs: START_MS,
    completedAtMs: START_MS + 40,
    operators: [operator, { ...operator, operatorId: 'x', files: [] }],
    ...more,
  };
  await writeMetadata(storage(folder), name, metadata);
  return join(folder, name);
}

function list(
  views: readonly JobView[],
  fitsFor: string | null = null,
  lister = new SavepointLister(),
) {
  return lister.list({ root, views, storage }, fitsFor);
}

it('lists what lies in the folder, newest first, with size, job and fit', async () => {
  const old = await savepoint('savepoint-a');
  const stop = { checkpointType: 'stop', completedAtMs: START_MS + 90 } as const;
  const young = await savepoint('savepoint-b', stop);
  const { savepoints, unreadable } = await list([runningView()]);
  expect(unreadable).toEqual([]);
  expect(savepoints.map(({ path }) => path)).toEqual([young, old]);
  expect(savepoints[1]).toEqual({
    path: old,
    checkpointId: 7,
    type: 'savepoint',
    jobId: JOB,
    jobName: 'flights',
    jobState: 'RUNNING',
    triggeredAt: START_MS,
    completedAt: START_MS + 40,
    bytes: 300,
    operators: 1,
    misfit: null,
    neededBy: [],
  });
});

it('finds those that a job wrote elsewhere, until they are gone', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'weir-elsewhere-'));
  const path = await savepoint('mine', {}, elsewhere);
  const view = runningView();
  const history = [checkpoint(7, { type: 'savepoint', path })];
  const views = [{ ...view, checkpoints: { ...view.checkpoints, history } }];
  const lister = new SavepointLister();
  expect((await list(views, null, lister)).savepoints).toMatchObject([{ path }]);
  await disposeSavepoint(path, { root, views, storage });
  expect(await list(views, null, lister)).toMatchObject({ savepoints: [], unreadable: [] });
});

it('says which state no operator of the graph would take', async () => {
  const view = runningView();
  const [source] = view.graph.vertices;
  const other = { ...view, jobId: 'f'.repeat(32), graph: { ...view.graph, vertices: [source!] } };
  await savepoint('savepoint-a');
  const { savepoints } = await list([view, other], other.jobId);
  expect(savepoints[0]!.misfit).toMatch(/holds state of "Sink: out" \(without uid\)/);
  expect((await list([view, other])).savepoints[0]!.misfit).toBeNull();
  expect((await list([])).savepoints[0]).toMatchObject({ jobState: null, misfit: null });
});

it('names folders that hold no savepoint, and checkpoints are none', async () => {
  mkdirSync(join(root, 'broken'));
  writeFileSync(join(root, 'broken', '_metadata'), 'nothing of ours, and long enough for a header');
  mkdirSync(join(root, 'empty'));
  await savepoint('chk-1', { checkpointType: 'checkpoint' });
  const { savepoints, unreadable } = await list([]);
  expect(savepoints).toEqual([]);
  expect(unreadable.map(({ path }) => path).sort()).toEqual([
    join(root, 'broken'),
    join(root, 'empty'),
  ]);
});

it('keeps what a job would need that has no checkpoint of its own yet', async () => {
  const path = await savepoint('savepoint-a');
  const view = runningView();
  const restored = { id: 7, atMs: START_MS + 50, isSavepoint: true, path };
  const begun = { ...view, checkpoints: { ...view.checkpoints, history: [], restored } };
  expect((await list([begun])).savepoints[0]!.neededBy).toEqual([{ jobId: JOB, name: GRAPH.name }]);
  await expect(disposeSavepoint(path, { root, views: [begun], storage })).rejects.toMatchObject({
    code: 'JOB_STATE_INVALID',
  });
  const history = [checkpoint(8)];
  const later = { ...begun, checkpoints: { ...begun.checkpoints, history } };
  await disposeSavepoint(path, { root, views: [later], storage });
  expect((await list([later])).savepoints).toEqual([]);
});
