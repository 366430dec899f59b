import { defineConfig } from 'vitest/config';

/** Tests with processes and threads of their own: one after the other, with the machine to them. */
const SYSTEM = [
  'apps/cli/src/**/*.test.ts',
  'apps/examples/flights/*.test.ts',
  'apps/examples/fraud/fraud.test.ts',
  'apps/server/src/{compiler,dispatcher,faults}/**/*.test.ts',
  'apps/server/src/profiles/sampling.test.ts',
  'packages/connector-kafka/src/real-broker/**/*.test.ts',
  'packages/dev-services/src/**/*.test.ts',
  'packages/runtime/src/channels/two-threads.test.ts',
  'packages/runtime/src/task/profile-shares.test.ts',
];

const shared = {
  environment: 'node',
  testTimeout: 30_000,
  hookTimeout: 60_000,
  pool: 'forks',
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: [
            '{packages,apps}/*/src/**/*.test.ts',
            'apps/examples/*/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          exclude: SYSTEM,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'system',
          include: SYSTEM,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
