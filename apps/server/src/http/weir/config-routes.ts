/** `/weir/v1/jobs/:id/config`: every option with its value, its default, and where it comes from. */
import type { ConfigSource, JobConfigOption } from '@weir/console-protocol';
import { Configuration, type ConfigOption, isWeirError, OPTIONS } from '@weir/core';
import type { Express } from 'express';
import { type HandlerContext, jobEntry } from '../flink/handler-context.ts';
import { isSecret, redacted } from '../flink/redaction.ts';
import type { SubmissionRecord } from '../job-service.ts';
import { sendJson, textOf } from './weir-request.ts';

const HIDDEN = '******';

export function mountConfigRoutes(app: Express, context: HandlerContext): void {
  app.get('/weir/v1/jobs/:jobid/config', (request, response) => {
    const { control, submission } = jobEntry(context, textOf(request.params.jobid));
    const { configuration } = control.view().graph;
    const server = context.service.server().configuration;
    sendJson(response, 200, { options: optionsOf(configuration, submission, server) });
  });
}

type Texts = Readonly<Record<string, string>>;

/**
 * Sorted by key. What was given at the submission wins over the program, and the program over the
 * server; an option that the program sets to what the server has counts as the server's.
 */
export function optionsOf(
  configuration: Texts,
  submission: SubmissionRecord | null,
  server: Texts,
): JobConfigOption[] {
  const known = new Set(OPTIONS.flatMap(({ key, aliases }) => [key, ...aliases]));
  const sourceOf = (key: string): ConfigSource => {
    if (isSubmitted(key, submission)) return 'command line';
    return server[key] === configuration[key] ? 'server' : 'job';
  };
  const shown = redacted(configuration);
  const options = OPTIONS.map((option) => knownOption(option, configuration, shown, sourceOf));
  for (const [key, text] of Object.entries(shown)) {
    if (known.has(key)) continue;
    const hidden = isSecret(key);
    const source = sourceOf(key);
    const rest = { kind: 'string' as const, default: null, description: '', hidden, source };
    options.push({ key, value: text, text, ...rest });
  }
  return options.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function knownOption(
  option: ConfigOption<unknown>,
  configuration: Texts,
  shown: Texts,
  sourceOf: (key: string) => ConfigSource,
): JobConfigOption {
  const { key, kind, defaultValue, description, aliases } = option;
  const used = [key, ...aliases].find((one) => configuration[one] !== undefined);
  const usual = plain(defaultValue);
  const about = { key, kind, default: usual, description, hidden: isSecret(key) };
  if (used === undefined) return { ...about, value: usual, text: null, source: 'default' };
  const text = shown[used] ?? null;
  const value = about.hidden ? HIDDEN : readValue(option, configuration, text ?? '');
  return { ...about, value, text, source: sourceOf(used) };
}

/** As it is read; a text that cannot be read is shown as it is. */
function readValue(option: ConfigOption<unknown>, texts: Texts, text: string) {
  try {
    const value = new Configuration(texts).get(option);
    return typeof value === 'string' ? text : plain(value);
  } catch (error) {
    if (isWeirError(error)) return text;
    throw error;
  }
}

function plain(value: unknown): string | number | boolean {
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

function isSubmitted(key: string, submission: SubmissionRecord | null): boolean {
  if (submission === null) return false;
  if (key === 'parallelism.default' && submission.parallelism !== null) return true;
  if (key === 'pipeline.name' && submission.name !== null) return true;
  return submission.configuration[key] !== undefined;
}
