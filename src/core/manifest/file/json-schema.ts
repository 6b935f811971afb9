import * as z from 'zod';
import { systemSchema } from './schema.ts';

/** A node of a JSON Schema, as far as Escale's own one goes. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string;
  const?: unknown;
  default?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | false;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** The JSON Schema of the file, for editors (draft 7, which all of them know). Committed as `escale.schema.json`. */
export function systemJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(systemSchema, { io: 'input', target: 'draft-7' });
  return { $schema, title: 'A system of Escale', ...schema } as JsonSchema;
}
