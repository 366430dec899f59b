/** What the routes under `/weir/v1` share: parameters as they are meant, answers as JSON. */
import { WeirError } from '@weir/core';
import type { Request, Response } from 'express';

/** Never stored: what it says is about this moment. */
export function sendJson(response: Response, status: number, value: unknown): void {
  response.status(status).set('cache-control', 'no-store').type('application/json');
  response.send(JSON.stringify(value));
}

/** A parameter of the path or the query; '' where it is missing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** @throws WeirError REQUEST_INVALID unless it is missing or a number from 0 on. */
export function numberOf(request: Request, name: string): number | null {
  const value = request.query[name];
  if (value === undefined || value === '') return null;
  const number = Number(value);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new WeirError('REQUEST_INVALID', `${name} = "${String(value)}": expected a number ≥ 0.`);
}
