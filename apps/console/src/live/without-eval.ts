/**
 * Imported before any schema is made: the content security policy allows no code from strings,
 * which zod would otherwise try to make.
 */
import { config } from 'zod';

config({ jitless: true });
