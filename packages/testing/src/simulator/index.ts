export { LAWS, type LawName, type Violation } from './laws.ts';
export type { Scenario } from './scenario.ts';
export {
  replayLine,
  runSeed,
  type SimulationOptions,
  type SimulationReport,
} from './simulation.ts';
