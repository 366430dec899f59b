import { describe, expect, it } from 'vitest';
import { parseCommand } from './command-line.ts';

const ID = '61b018c73d39f1ed3eb103b9e65e4a82';

describe('parseCommand', () => {
  it('keeps the job’s arguments apart from its own', () => {
    const argv = ['run', 'job.ts', '-p', '4', '-D', 'a.b=c=d', '--', '--parallelism', '9', '-h'];
    expect(parseCommand(argv)).toMatchObject({
      name: 'run',
      entry: 'job.ts',
      parallelism: 4,
      configuration: { 'a.b': 'c=d' },
      args: ['--parallelism', '9', '-h'],
      detached: false,
    });
  });

  it('has defaults for a server', () => {
    expect(parseCommand(['server'])).toEqual({
      name: 'server',
      port: 8081,
      host: '127.0.0.1',
      prometheusPort: 9249,
      dataDirectory: '.weir',
      configuration: {},
    });
  });

  it('switches the Prometheus endpoint off', () => {
    const argv = ['server', '--prometheus-port', 'off'];
    expect(parseCommand(argv)).toMatchObject({ prometheusPort: null });
  });

  it('takes the server from the option before the environment', () => {
    expect(parseCommand(['list'], 'http://a')).toMatchObject({ server: 'http://a' });
    expect(parseCommand(['list', '-s', 'http://b'], 'http://a')).toMatchObject({
      server: 'http://b',
    });
  });

  it('reads the switches of stop', () => {
    expect(parseCommand(['stop', ID.toUpperCase(), '--drain', '--to', 'x'])).toMatchObject({
      job: ID,
      drain: true,
      to: 'x',
    });
  });

  it.each([
    [['rnu'], '"rnu" is not a command'],
    [['run'], 'needs the job’s module'],
    [['run', 'a.ts', 'b'], 'arguments for the job stand after --'],
    [['run', 'a.ts', '-p', '0'], '--parallelism 0: expected a whole number from 1'],
    [['run', 'a.ts', '-D', 'x'], '-D x: expected -D key=value'],
    [['run', 'a.ts', '--wat'], "Unknown option '--wat'"],
    [['cancel'], 'needs the id of a job'],
    [['list', '--', 'x'], 'only `weir run`'],
    [['server', '--port', 'x'], '--port x'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(message);
  });

  it('helps', () => {
    expect(parseCommand([])).toEqual({ name: 'help', about: null });
    expect(parseCommand(['run', '--help'])).toEqual({ name: 'help', about: 'run' });
    expect(parseCommand(['constructor', '-h'].slice(1))).toEqual({ name: 'help', about: null });
  });
});
