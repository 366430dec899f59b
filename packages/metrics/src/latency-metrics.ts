/**
 * Latencies of markers from a source to an operator's subtask. As in Flink they belong to the job:
 * `latency.source_id.S.operator_id.O.operator_subtask_index.N.latency_p99`, in ms.
 */
const PATTERN =
  /^latency\.source_id\.([^.]+)\.operator_id\.([^.]+)\.operator_subtask_index\.(\d+)\.latency_(\w+)$/;

/** Flink's Prometheus reporter writes quantiles; the other statistics are not exposed there. */
const QUANTILES: Readonly<Record<string, string>> = { median: '0.5', p95: '0.95', p99: '0.99' };

export const LATENCY_PROMETHEUS_NAME =
  'latency_source_id_operator_id_operator_subtask_index_latency';

export function isLatency(name: string): boolean {
  return name.startsWith('latency.source_id.');
}

/** The labels of a quantile; null for other statistics. */
export function latencyLabels(name: string): Readonly<Record<string, string>> | null {
  const [, source_id = '', operator_id = '', operator_subtask_index = '', statistic = ''] =
    PATTERN.exec(name) ?? [];
  const quantile = QUANTILES[statistic];
  if (quantile === undefined) return null;
  return { source_id, operator_id, operator_subtask_index, quantile };
}
