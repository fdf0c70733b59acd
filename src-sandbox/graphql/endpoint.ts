/**
 * `POST /admin/gql`: always HTTP 200; a query that does not fit the schema is answered with `errors` and no data.
 */
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  GraphQLScalarType,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { callerOf, type Handler, isFields, jsonBody, ok, optionalText, textField } from '../http/call.ts';
import { badFields } from '../http/problem.ts';
import type { Site } from '../site.ts';
import { makeResolvers } from './resolvers.ts';
import { schemaText } from './schema-text.ts';

/** Queries of a client are few and repeat; parsing and checking each once is most of what a page costs. */
const maxDocuments = 200;

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

function dressScalars(schema: GraphQLSchema): GraphQLSchema {
  const scalar = (name: string): GraphQLScalarType => {
    const type = schema.getType(name);
    if (!(type instanceof GraphQLScalarType)) throw new Error(`The schema has no scalar ${name}.`);
    return type;
  };
  const readUuid = (value: unknown): string => {
    if (typeof value !== 'string' || !uuid.test(value)) throw new GraphQLError('badly formed hexadecimal UUID string');
    const hex = value.replaceAll('-', '').toLowerCase();
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  };
  scalar('UUID').parseValue = readUuid;
  scalar('UUID').parseLiteral = (node) => readUuid(node.kind === Kind.STRING ? node.value : null);
  return schema;
}

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

export function makeGraphqlHandler(site: Site): Handler {
  const schema = dressScalars(buildSchema(schemaText(site.face)));
  const rules = [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const rootValue = makeResolvers(site);
  const documents = new Map<string, Checked>();

  const check = (query: string): Checked => {
    const known = documents.get(query);
    if (known !== undefined) return known;
    let checked: Checked;
    try {
      const document = parse(query, { maxTokens: 20_000 });
      const errors = validate(schema, document, rules);
      checked = errors.length > 0 ? { errors } : { document };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      checked = { errors: [error] };
    }
    const oldest = documents.keys().next();
    if (documents.size >= maxDocuments && !oldest.done) documents.delete(oldest.value);
    documents.set(query, checked);
    return checked;
  };

  return async (call) => {
    const body = await jsonBody(call);
    const query = textField(body, 'query');
    const variables = body.variables ?? null;
    if (variables !== null && !isFields(variables)) throw badFields({ variables: 'value is not a dict' });
    const checked = check(query);
    if ('errors' in checked) return ok({ errors: checked.errors });
    const result: ExecutionResult = await execute({
      schema,
      document: checked.document,
      rootValue,
      contextValue: callerOf(call),
      variableValues: variables,
      operationName: optionalText(body, 'operation_name', 'operationName'),
    });
    return ok(result);
  };
}
