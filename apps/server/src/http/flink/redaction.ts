/** Secrets never leave the server: values of telling keys are hidden, as Flink does. */
const SECRET_KEY =
  /password|passwd|secret|token|credential|api[-_.]?key|access[-_.]?key|auth|private|sasl\.jaas/i;
const HIDDEN = '******';

export function redacted(configuration: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [
      key,
      SECRET_KEY.test(key) ? HIDDEN : withoutUserInfo(value),
    ]),
  );
}

/** `postgres://user:secret@host` → `postgres://user:******@host`. */
function withoutUserInfo(value: string): string {
  return value.replace(/(\w+:\/\/[^\s:/@]*):[^\s@/]+@/g, `$1:${HIDDEN}@`);
}
