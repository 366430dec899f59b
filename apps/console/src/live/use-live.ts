/**
 * The border between the live stores and React: a component subscribes to exactly what it shows.
 *
 * A selector runs once a published version; when its answer equals the last one by shallow
 * comparison, the component does not render.
 */
import type { JobsSnapshot } from '@weir/console-protocol';
import {
  createContext,
  type RefObject,
  use,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useSyncExternalStore,
} from 'react';
import { InvariantError } from '../model/invariant.ts';
import type { Connection } from './live-socket.ts';
import type { JobStore } from './job-store.ts';
import type { JobsStore } from './jobs-store.ts';
import type { LiveData } from './live-data.ts';
import type { LiveStore } from './live-store.ts';

export const LiveDataContext = createContext<LiveData | null>(null);

export function useLiveData(): LiveData {
  const live = use(LiveDataContext);
  if (live === null) throw new InvariantError('live data is provided by the frame');
  return live;
}

/** What `select` answers for the store; `key` names what the selector closes over. */
export function useSelected<S extends LiveStore, T>(
  store: S,
  select: (store: S) => T,
  key: unknown = null,
  versionOf: (store: S) => number = published,
): T {
  const cache = useRef<{ store: S; version: number; key: unknown; value: T } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the functions
  const read = useCallback((): T => {
    const last = cache.current;
    const same = last !== null && last.store === store && last.key === key;
    const version = versionOf(store);
    if (same && last.version === version) return last.value;
    const next = select(store);
    const value = same && shallowEqual(last.value, next) ? last.value : next;
    cache.current = { store, version, key, value };
    return value;
  }, [store, key]);
  return useSyncExternalStore(store.subscribe, read);
}

const published = ({ version }: LiveStore) => version;

/**
 * Past React: writes into an element what changes with every tick or second, so that a number costs
 * no rendering. What is written is left out of what the component renders.
 *
 * @param write called with what the store says now, and with each frame that it publishes.
 * @param key names what `write` closes over.
 */
export function useWritten<S extends LiveStore, E extends Element>(
  store: S,
  write: (element: E, store: S) => void,
  key: unknown = null,
): RefObject<E | null> {
  const element = useRef<E>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the function
  useLayoutEffect(() => {
    const show = () => {
      if (element.current !== null) write(element.current, store);
    };
    show();
    return store.subscribe(show);
  }, [store, key]);
  return element;
}

/** The text of an element as `useWritten` has it. */
export function useText<S extends LiveStore, E extends Element>(
  store: S,
  text: (store: S) => string,
  key: unknown = null,
): RefObject<E | null> {
  return useWritten<S, E>(store, (element, now) => setText(element, text(now)), key);
}

/** In the text node that is there: another one would be laid out anew. */
function setText(element: Element, text: string): void {
  const node = element.firstChild;
  if (node === null) element.textContent = text;
  else if (node.nodeValue !== text) node.nodeValue = text;
}

/** For `useSelected`: charts and strips, which need not move with every tick. */
export const byChart = ({ chartVersion }: JobStore) => chartVersion;

/** Of all jobs, what changes with their states; their figures may be a few seconds old. */
export function useJobs<T>(select: (store: JobsStore) => T, key: unknown = null): T {
  const live = useLiveData();
  useEffect(() => live.readJobs(false), [live]);
  return useSelected(live.jobs, select, key);
}

/** All jobs with their figures, every second; null until the first message. */
export function useJobFigures(): JobsSnapshot | null {
  const live = useLiveData();
  useEffect(() => live.readJobs(true), [live]);
  return useSelected(live.jobs, (store) => store.snapshot);
}

export const JobStoreContext = createContext<JobStore | null>(null);

/** The store of the job whose page this is. */
export function useJobStore(): JobStore {
  const store = use(JobStoreContext);
  if (store === null) throw new InvariantError('the job store is provided by the job page');
  return store;
}

export function useJob<T>(select: (store: JobStore) => T, key: unknown = null): T {
  return useSelected(useJobStore(), select, key);
}

/** What a chart shows of the job: read again every few seconds, or when more than time changed. */
export function useJobChart<T>(select: (store: JobStore) => T, key: unknown = null): T {
  return useSelected(useJobStore(), select, key, byChart);
}

export function useConnection(): Connection {
  return useSelected(useLiveData().connection, (store) => store.connection);
}

function shallowEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.is(left[key], right[key]));
}
