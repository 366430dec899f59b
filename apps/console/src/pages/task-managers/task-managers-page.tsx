/** The processes that run jobs: which threads work, what memory they use, how they come along. */
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Notice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useMoment } from '../../frame/use-moment.ts';
import { useTitle } from '../../frame/use-title.ts';
import { taskManagersReading } from '../../model/task-managers/task-manager-reading.ts';
import { taskManagersQuery } from '../../rest/weir-client.ts';
import { LogTail } from './log-tail.tsx';
import { MemoryPanel } from './memory-panel.tsx';
import { SlotThreads } from './slot-threads.tsx';
import { StacksPanel } from './stacks-panel.tsx';
import { TaskManagersTable } from './task-managers-table.tsx';

export function TaskManagersPage() {
  useTitle('Task managers');
  const { tm } = useSearch({ from: '/c/embedded/task-managers' });
  const { data, error, refetch } = useQuery(taskManagersQuery());
  const moment = useMoment();
  if (data === undefined) {
    if (error === null) return <Skeleton lines={8} />;
    return (
      <Notice title="The task managers could not be read." retry={() => void refetch()}>
        {error.message} The jobs themselves are not touched by this.
      </Notice>
    );
  }
  const { taskManagers, cores } = data;
  const { subject, text, taskManagerId } = taskManagersReading(taskManagers);
  const selected =
    taskManagers.find(({ id }) => id === tm) ??
    taskManagers.find(({ id }) => id === taskManagerId) ??
    taskManagers[0];
  return (
    <>
      <header className="page-head">
        <h1>Task managers</h1>
        {taskManagers.length > 0 && (
          <p className={subject === null ? 'second' : undefined}>
            {subject !== null && <strong>{subject}</strong>}
            {text}
          </p>
        )}
        <span className="grow" />
        <span className="quiet-text">{cores} cores on this machine</span>
      </header>
      {selected === undefined ? (
        <p className="page-body prose second">
          No job runs, and each task manager is the process of one job. Start one under{' '}
          <Link to="/c/embedded/jobs">Jobs</Link>.
        </p>
      ) : (
        <div className="page-body">
          {moment.kind !== 'live' && (
            <p className="tm-past" role="note">
              Processes are shown as they are now: of their past only cores and heap of the last
              half hour are kept, and only while they live.
            </p>
          )}
          <TaskManagersTable taskManagers={taskManagers} selected={selected.id} />
          <div className="tm-parts">
            <div className="tm-work">
              <SlotThreads taskManager={selected} />
              <LogTail key={selected.jobId} taskManager={selected} />
            </div>
            <aside aria-label={`Memory and stacks of ${selected.id}`}>
              <MemoryPanel key={selected.id} taskManager={selected} />
              <StacksPanel key={`stacks-${selected.id}`} taskManager={selected} />
            </aside>
          </div>
        </div>
      )}
    </>
  );
}
