export {
  HOST_DEFAULT,
  PORT_DEFAULT,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './main.ts';
