import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchemaCompiler,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { z } from 'zod';

/** Types of `request.params`, `query` and `body` come from the zod schemas that the route declares. */
export interface ZodTypes extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
}

/** An app whose routes declare what they take as zod schemas: those are checked, and the API's document is made of them. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypes
>;

/** Checks with zod; a body that was left out is an empty one. */
export function withZod(app: FastifyInstance): ApiApp {
  const compiler: FastifySchemaCompiler<z.ZodType> =
    ({ schema, httpPart }) =>
    (value: unknown) => {
      const checked = schema.safeParse(httpPart === 'body' ? (value ?? {}) : value);
      return checked.success ? { value: checked.data } : { error: checked.error };
    };
  app.setValidatorCompiler(compiler);
  return app.withTypeProvider<ZodTypes>();
}
