export * from './memory-storage.ts';
export * from './seeded-random.ts';
export * from './virtual-time.ts';
