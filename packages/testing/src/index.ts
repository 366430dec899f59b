export * from './memory-storage.ts';
export { Numbers, type Sum, Sums } from './numbers-and-sums.ts';
export { createTestContext, type TestContextParts } from './operator-context.ts';
export * from './operator-harness.ts';
export { NarrowOutput, type OutputElement } from './output-recorder.ts';
export * from './seeded-random.ts';
export * from './slot-rig.ts';
export * from './verify-operator.ts';
export * from './virtual-time.ts';
