import { expect, test } from 'vitest';
import { InFlightBudget } from './in-flight-budget.ts';

/** A receiver of a steady rate that always finds as much as the budget allows. */
function settle(budget: InFlightBudget, perMs: number): number {
  for (let i = 0; i < 40; i++) budget.observe(budget.amount, budget.amount / perMs);
  return budget.amount;
}

test('settles at half a second of what the receiver really reads', () => {
  const budget = new InFlightBudget(256, 4096, 300_000);
  expect(settle(budget, 10)).toBeCloseTo(5000);
  expect(settle(budget, 100)).toBeCloseTo(50_000);
});

test('stays within its bounds', () => {
  const budget = new InFlightBudget(256, 4096, 300_000);
  expect(settle(budget, 1e6)).toBe(300_000);
  expect(settle(budget, 0.001)).toBe(256);
});

test('one pause halves it and no more', () => {
  const budget = new InFlightBudget(256, 4096, 300_000);
  settle(budget, 1e6);
  budget.observe(1000, 60_000);
  expect(budget.amount).toBe(150_000);
});
