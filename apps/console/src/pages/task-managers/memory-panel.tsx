/** What the process' memory is made of, and how the heap of its fullest slot came along. */
import type { TaskManagerEntry } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { FigureText } from '../../components/figure-text.tsx';
import { TimeChart } from '../../components/time-chart.tsx';
import { clockMinute } from '../../model/time/clock-time.ts';
import { bytesFigure, figureText } from '../../model/figures/figures.ts';
import { memoryParts } from '../../model/task-managers/memory-parts.ts';
import { taskManagerHistoryQuery } from '../../rest/weir-client.ts';

export function MemoryPanel({ taskManager }: { taskManager: TaskManagerEntry }) {
  const { rssBytes, heapEnd } = taskManager;
  const parts = memoryParts(taskManager);
  const words = parts.map(({ label, bytes }) => `${label} ${figureText(bytesFigure(bytes))}`);
  return (
    <>
      <section className="section" aria-label="Memory">
        <div className="section-head">
          <h2>Memory</h2>
          <span className="right micro">{figureText(bytesFigure(rssBytes))} of the process</span>
        </div>
        <div className="memory-stack" role="img" aria-label={words.join(', ')}>
          {parts.map(({ key, share }) => (
            <i key={key} className={`part-${key}`} style={{ width: `${share * 100}%` }} />
          ))}
        </div>
        <ul className="memory-parts">
          {parts.map(({ key, label, note, bytes }) => (
            <li key={key}>
              <i className={`part-${key}`} aria-hidden="true" />
              <span>{label}</span>
              <small>{note}</small>
              <b>
                <FigureText figure={bytesFigure(bytes)} />
              </b>
            </li>
          ))}
        </ul>
        {heapEnd !== null && (
          <p className="small tone-warn">
            Slot {heapEnd.slot} grows by {figureText(bytesFigure(heapEnd.bytesPerMinute))} a minute
            and meets its limit at about {clockMinute(heapEnd.at)}.
          </p>
        )}
      </section>
      <HeapChart taskManager={taskManager} />
    </>
  );
}

const CALM = [{ key: 'heap', label: 'Heap', colour: 'var(--text-3)', area: 0.12 }];
/** Amber from the moment its end can be told. */
const ENDING = [{ key: 'heap', label: 'Heap', colour: 'var(--warn)', area: 0.12 }];

function HeapChart({ taskManager }: { taskManager: TaskManagerEntry }) {
  const { id, slots, heapEnd } = taskManager;
  const { data } = useQuery(taskManagerHistoryQuery(id));
  const fullest = heapEnd?.slot ?? fullestSlot(taskManager);
  const rows = useMemo(
    () => (data?.times ?? []).map((t, at) => ({ t, heap: data?.heapBytes[fullest]?.[at] ?? null })),
    [data, fullest],
  );
  const thread = slots.find(({ slot }) => slot === fullest);
  if (rows.length < 2 || thread === undefined) return null;
  const now = figureText(bytesFigure(thread.heapUsedBytes));
  return (
    <section className="section" aria-label="Heap">
      <div className="section-head">
        <h2>Heap of slot {fullest}</h2>
        <span className="right micro">
          {now} of {figureText(bytesFigure(thread.heapLimitBytes))}
        </span>
      </div>
      <TimeChart
        rows={rows}
        series={heapEnd === null ? CALM : ENDING}
        height={104}
        gutter={56}
        unit="bytes"
        toNow
        format={(bytes) => figureText(bytesFigure(bytes))}
        summary={`Heap of slot ${fullest} over the last half hour, ${now} now.`}
      />
    </section>
  );
}

function fullestSlot({ slots }: TaskManagerEntry): number {
  const sorted = [...slots].sort((a, b) => (b.heapUsedBytes ?? 0) - (a.heapUsedBytes ?? 0));
  return sorted[0]?.slot ?? 0;
}
