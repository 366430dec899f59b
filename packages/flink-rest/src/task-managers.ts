/** TaskManagers. Resource profiles are in MiB, memory configuration and metrics in bytes. */
import * as z from 'zod';

export const resourceProfile = z.object({
  cpuCores: z.number(),
  taskHeapMemory: z.number(),
  taskOffHeapMemory: z.number(),
  managedMemory: z.number(),
  networkMemory: z.number(),
  extendedResources: z.record(z.string(), z.number()).optional(),
});
export type ResourceProfile = z.infer<typeof resourceProfile>;

export const taskManagerInfo = z.object({
  id: z.string(),
  path: z.string(),
  dataPort: z.number(),
  jmxPort: z.number(),
  /** Despite its name an epoch time in ms. */
  timeSinceLastHeartbeat: z.number(),
  slotsNumber: z.number(),
  freeSlots: z.number(),
  assignedTasks: z.number().optional(),
  totalResource: resourceProfile,
  freeResource: resourceProfile,
  hardware: z.object({
    cpuCores: z.number(),
    physicalMemory: z.number(),
    freeMemory: z.number(),
    managedMemory: z.number(),
  }),
  memoryConfiguration: z.object({
    frameworkHeap: z.number(),
    taskHeap: z.number(),
    frameworkOffHeap: z.number(),
    taskOffHeap: z.number(),
    networkMemory: z.number(),
    managedMemory: z.number(),
    jvmMetaspace: z.number(),
    jvmOverhead: z.number(),
    totalFlinkMemory: z.number(),
    totalProcessMemory: z.number(),
  }),
  blocked: z.boolean().optional(),
});
export type TaskManagerInfo = z.infer<typeof taskManagerInfo>;

export const taskManagerList = z.object({ taskmanagers: z.array(taskManagerInfo) });
export type TaskManagerList = z.infer<typeof taskManagerList>;

export const taskManagerDetails = taskManagerInfo.extend({
  allocatedSlots: z.array(
    z.object({
      jobId: z.string(),
      resource: resourceProfile,
      assignedTasks: z.number().optional(),
    }),
  ),
  metrics: z.object({
    heapUsed: z.number(),
    heapCommitted: z.number(),
    heapMax: z.number(),
    nonHeapUsed: z.number(),
    nonHeapCommitted: z.number(),
    nonHeapMax: z.number(),
    directCount: z.number(),
    directUsed: z.number(),
    directMax: z.number(),
    mappedCount: z.number(),
    mappedUsed: z.number(),
    mappedMax: z.number(),
    nettyShuffleMemorySegmentsAvailable: z.number(),
    nettyShuffleMemorySegmentsUsed: z.number(),
    nettyShuffleMemorySegmentsTotal: z.number(),
    nettyShuffleMemoryAvailable: z.number(),
    nettyShuffleMemoryUsed: z.number(),
    nettyShuffleMemoryTotal: z.number(),
    garbageCollectors: z.array(z.object({ name: z.string(), count: z.number(), time: z.number() })),
  }),
});
export type TaskManagerDetails = z.infer<typeof taskManagerDetails>;
