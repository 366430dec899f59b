/** What can go wrong between Weir and Kafka, before source or sink say it in their words. */
import { errorName, isForbidden, isPassing } from '../protocol/error-codes.ts';

/**
 * `connection`: nobody answers, or stopped to. `response`: a broker refused. `access`: wrong
 * credentials or certificate, or rights that are missing; trying again is of no use.
 */
export type FailureKind = 'connection' | 'response' | 'access';

export class KafkaFailure extends Error {
  override readonly name = 'KafkaFailure';
  readonly kind: FailureKind;
  /** Kafka's error code; null for connections. */
  readonly errorCode: number | null;
  /** True when the same may succeed a little later. */
  readonly passing: boolean;

  constructor(kind: FailureKind, message: string, errorCode: number | null, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.errorCode = errorCode;
    this.passing = kind === 'connection' || (errorCode !== null && isPassing(errorCode));
  }
}

/** A broker's refusal; `what` says of what, e.g. `Fetch of clicks-3`. */
export function refusal(what: string, errorCode: number): KafkaFailure {
  const kind = isForbidden(errorCode) ? 'access' : 'response';
  return new KafkaFailure(kind, `${what} was answered ${errorName(errorCode)}`, errorCode);
}

/** @throws KafkaFailure unless the code is 0. */
export function check(what: string, errorCode: number): void {
  if (errorCode !== 0) throw refusal(what, errorCode);
}

/** A connection that can't be made for a reason that stays: TLS that doesn't fit, for example. */
const TLS = /certificate|self-signed|SSL|TLS|wrong version number|unable to verify/i;

interface TransportError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly type?: string;
  readonly cause?: unknown;
}

/** Puts what kafkajs threw into one of the three kinds. */
export function transportFailure(error: unknown): unknown {
  if (error instanceof KafkaFailure) return error;
  if (!(error instanceof Error)) return error;
  const { name, message, code } = error as TransportError;
  if (isCredentials(error)) {
    return new KafkaFailure('access', `Kafka refused the credentials: ${message}`, null, error);
  }
  if (TLS.test(message ?? '')) {
    return new KafkaFailure('access', `no secure connection: ${message}`, null, error);
  }
  if (/^KafkaJS/.test(name ?? '')) {
    const errorCode = typeof code === 'number' ? code : null;
    if (errorCode !== null && !isPassing(errorCode)) {
      return new KafkaFailure('response', message ?? '', errorCode, error);
    }
    return new KafkaFailure('connection', message ?? '', errorCode, error);
  }
  return error;
}

function isCredentials(error: TransportError): boolean {
  if (/SASL/.test(error.name ?? '') || error.type === 'SASL_AUTHENTICATION_FAILED') return true;
  return error.cause instanceof Error && isCredentials(error.cause);
}
