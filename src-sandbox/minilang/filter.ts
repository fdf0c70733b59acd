/**
 * Parser of the filter mini-language. `&` and `|` bind alike and to the right, and `!` takes all that follows it:
 * that is how the manager's grammar resolves (`a & b | c` is `a & (b | c)`), so clients must write parentheses.
 */
import { MinilangError, type Token, tokenize } from './lexer.ts';

export type Atom = string | number | boolean | null;
export type Value = Atom | readonly Atom[];

const operators = ['==', '!=', '>', '>=', '<', '<=', 'contains', 'in', 'isnot', 'is', 'like', 'ilike'] as const;
export type Operator = (typeof operators)[number];

export type Expression =
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly value: Value }
  | { readonly kind: 'both' | 'either'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly inner: Expression };

/** Deep enough for any filter that a person or program would write; keeps hostile input from the stack. */
const maxDepth = 200;

class Parser {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  parse(): Expression {
    const expression = this.expression();
    if (this.peek() !== undefined) throw this.unexpected();
    return expression;
  }

  private peek(): Token | undefined {
    return this.tokens[this.position];
  }

  private unexpected(): MinilangError {
    const token = this.peek();
    return new MinilangError(
      token === undefined ? 'unexpected end of the filter' : `unexpected token at column ${token.at + 1}`,
    );
  }

  private takeSymbol(...texts: readonly string[]): string | null {
    const token = this.peek();
    if (token?.kind !== 'symbol' || !texts.includes(token.text)) return null;
    this.position += 1;
    return token.text;
  }

  private expression(): Expression {
    this.depth += 1;
    if (this.depth > maxDepth) throw new MinilangError('the filter is nested too deeply');
    const expression = this.operand();
    const joint = this.takeSymbol('&', '|');
    const whole: Expression =
      joint === null
        ? expression
        : { kind: joint === '&' ? 'both' : 'either', left: expression, right: this.expression() };
    this.depth -= 1;
    return whole;
  }

  private operand(): Expression {
    if (this.takeSymbol('!') !== null) return { kind: 'not', inner: this.expression() };
    if (this.takeSymbol('(') !== null) {
      const inner = this.expression();
      if (this.takeSymbol(')') === null) throw this.unexpected();
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Expression {
    const field = this.peek();
    if (field?.kind !== 'name') throw this.unexpected();
    this.position += 1;
    return { kind: 'compare', field: field.text, operator: this.operator(), value: this.value() };
  }

  private operator(): Operator {
    const token = this.peek();
    const text = token?.kind === 'name' || token?.kind === 'symbol' ? token.text : '';
    const operator = operators.find((known) => known === text);
    if (operator === undefined) throw this.unexpected();
    this.position += 1;
    return operator;
  }

  private value(): Value {
    if (this.takeSymbol('[') === null) return this.atom();
    const items: Atom[] = [];
    if (this.takeSymbol(']') !== null) return items;
    do items.push(this.atom());
    while (this.takeSymbol(',') !== null);
    if (this.takeSymbol(']') === null) throw this.unexpected();
    return items;
  }

  private atom(): Atom {
    const token = this.peek();
    if (token?.kind === 'string' || token?.kind === 'number') {
      this.position += 1;
      return token.value;
    }
    if (token?.kind === 'name' && ['null', 'true', 'false'].includes(token.text)) {
      this.position += 1;
      return token.text === 'null' ? null : token.text === 'true';
    }
    throw this.unexpected();
  }
}

/** Throws {@link MinilangError}. */
export function parseFilter(text: string): Expression {
  try {
    return new Parser(tokenize(text)).parse();
  } catch (error) {
    if (error instanceof MinilangError) throw new MinilangError(`Query filter parsing error: ${error.message}`);
    throw error;
  }
}
