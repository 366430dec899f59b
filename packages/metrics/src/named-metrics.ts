/** Metrics of one scope under Flink's names. */
export type NamedMetrics = ReadonlyMap<string, number | string>;
