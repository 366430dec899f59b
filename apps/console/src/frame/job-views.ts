/** The views of a job: their tabs in order, the key that follows `g`, the palette's entries. */
export const JOB_VIEWS = [
  { label: 'Graph', key: 'g', to: '/c/embedded/jobs/$jobId/graph' },
  { label: 'Checkpoints', key: 'c', to: '/c/embedded/jobs/$jobId/checkpoints' },
  { label: 'Watermarks & lag', key: 'w', to: '/c/embedded/jobs/$jobId/watermarks' },
  { label: 'Flame graph', key: 'f', to: '/c/embedded/jobs/$jobId/flame' },
  { label: 'Timeline', key: 'i', to: '/c/embedded/jobs/$jobId/timeline' },
  { label: 'What changed', key: 'd', to: '/c/embedded/jobs/$jobId/what-changed' },
  { label: 'Exceptions', key: 'e', to: '/c/embedded/jobs/$jobId/exceptions' },
  { label: 'Logs', key: 'l', to: '/c/embedded/jobs/$jobId/logs' },
  { label: 'Config', key: 'n', to: '/c/embedded/jobs/$jobId/config' },
] as const;

export type JobViewLabel = (typeof JOB_VIEWS)[number]['label'];
