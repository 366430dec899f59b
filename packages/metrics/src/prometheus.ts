/**
 * Prometheus' text exposition (0.0.4) with the names and labels of Flink's PrometheusReporter, so
 * that dashboards and rules made for Flink work. Every metric is a gauge, as there.
 */
import type { NamedMetrics } from './named-metrics.ts';
import { LATENCY_PROMETHEUS_NAME, latencyLabels } from './latency-metrics.ts';
import type { JobMetrics } from './metric-registry.ts';

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface PrometheusJob {
  readonly jobId: string;
  readonly name: string;
  readonly attempt: number;
  readonly taskManagerId: string | null;
  readonly vertexNames: ReadonlyMap<string, string>;
  /** Metrics of the job scope. */
  readonly own: NamedMetrics;
  readonly taskManager: NamedMetrics;
  /** Null before the first layout. */
  readonly tasks: JobMetrics | null;
}

type Labels = Readonly<Record<string, string | number>>;

/** @param host label of everything; @param cluster metrics of the jobmanager scope. */
export function prometheusText(
  host: string,
  cluster: NamedMetrics,
  jobs: readonly PrometheusJob[],
): string {
  const exposition = new Exposition();
  exposition.addAll('jobmanager', { host }, cluster);
  for (const job of jobs) {
    const jobLabels = { job_id: job.jobId, job_name: job.name };
    exposition.addAll('jobmanager_job', { host, ...jobLabels }, job.own);
    if (job.taskManagerId === null) continue;
    const tm = { host, tm_id: job.taskManagerId };
    exposition.addAll('taskmanager', tm, job.taskManager);
    addTasks(exposition, job, { ...tm, ...jobLabels });
  }
  return exposition.text();
}

function addTasks(exposition: Exposition, job: PrometheusJob, base: Labels): void {
  if (job.tasks === null) return;
  for (const [name, value] of job.tasks.latencies) {
    const labels = latencyLabels(name);
    if (labels === null || typeof value !== 'number') continue;
    exposition.add('taskmanager_job', LATENCY_PROMETHEUS_NAME, { ...base, ...labels }, value);
  }
  for (const vertexId of job.tasks.vertexIds) {
    for (const subtask of job.tasks.subtasks(vertexId)) {
      const labels = {
        ...base,
        task_id: vertexId,
        task_name: job.vertexNames.get(vertexId) ?? vertexId,
        subtask_index: subtask.subtask,
        task_attempt_num: job.attempt,
        task_attempt_id: `${job.jobId}_${vertexId}_${subtask.subtask}_${job.attempt}`,
      };
      for (const metric of subtask.metrics.values()) {
        const value = subtask.value(metric.id);
        if (value === null) continue;
        if (metric.operatorId === null) {
          exposition.add('taskmanager_job_task', metric.name, labels, value);
          continue;
        }
        const operator = {
          operator_id: metric.operatorId,
          operator_name: metric.operatorName ?? metric.operatorId,
        };
        const scope = 'taskmanager_job_task_operator';
        exposition.add(scope, metric.name, { ...labels, ...operator }, value);
      }
    }
  }
}

/** Samples grouped by metric, since the format wants each metric's lines together. */
class Exposition {
  readonly #metrics = new Map<string, { readonly help: string; readonly lines: string[] }>();

  addAll(scope: string, labels: Labels, metrics: NamedMetrics): void {
    for (const [name, value] of metrics) {
      if (typeof value === 'number') this.add(scope, name, labels, value);
    }
  }

  add(scope: string, name: string, labels: Labels, value: number | boolean): void {
    const full = `flink_${scope}_${filtered(name)}`;
    let metric = this.#metrics.get(full);
    if (metric === undefined) {
      metric = { help: `${name} (scope: ${scope})`, lines: [] };
      this.#metrics.set(full, metric);
    }
    const text = Object.entries(labels).map(
      ([key, label]) => `${key}="${key === 'quantile' ? label : filtered(label)}"`,
    );
    metric.lines.push(`${full}{${text.join(',')}} ${sample(value)}`);
  }

  text(): string {
    const parts: string[] = [];
    for (const [name, { help, lines }] of this.#metrics) {
      parts.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines);
    }
    return parts.length === 0 ? '' : `${parts.join('\n')}\n`;
  }
}

function filtered(text: string | number): string {
  return String(text).replace(/[^a-zA-Z0-9:_]/g, '_');
}

function sample(value: number | boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
