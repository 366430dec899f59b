/** Grey lines in the place of what was never loaded yet. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are all the same
        <i key={at} style={{ width: `${[62, 88, 74, 94, 56][at % 5]}%` }} />
      ))}
    </div>
  );
}
