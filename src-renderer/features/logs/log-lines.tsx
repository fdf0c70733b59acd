// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
/**
 * The lines of a log: only those in view are in the document, whatever its length. Each is text and nothing else. When
 * lines wrap, a step of the wheel still moves by the line, as in a pager.
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { type AnsiStyle, mark } from './ansi-policy.ts';
import type { LogPages, ShownLine } from './log-pages.ts';
import style from './logs.module.css';
import { heightPx, lastTop, placeOf, type ScrollPlace, scrolledTo } from './scroll-policy.ts';
import { useWords } from './words.ts';

const rowPx = 18;
/** Lines beside those in view. */
const overscan = 6;
/** After scrolling has rested so long, the bar is set to where it truly is. */
const restMs = 150;

export interface LogLinesHandle {
  show(line: number): void;
}

interface Props {
  readonly pages: LogPages;
  readonly lines: number;
  /** Rerenders when pages have come. */
  readonly version: number;
  readonly gaps: readonly number[];
  /** Lines from here on came just now. */
  readonly freshFrom: number | null;
  readonly wrap: boolean;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly wanted: { readonly text: string; readonly matchCase: boolean };
  /** The line of the search. */
  readonly current: number | null;
  readonly label: string;
  readonly ref?: Ref<LogLinesHandle>;
}

export function LogLines(props: Props) {
  const { pages, lines, version, gaps, freshFrom, wrap, follow, onFollow, wanted, current, label, ref } = props;
  const box = useRef<HTMLElement>(null);
  const [place, setPlace] = useState<ScrollPlace>({ scrollTop: 0, top: 0 });
  const [viewPx, setViewPx] = useState(400);
  const latest = useRef(place);
  const frame = { lines, rowPx, viewPx };

  const move = (next: ScrollPlace, native: boolean) => {
    latest.current = next;
    if (!native && box.current) box.current.scrollTop = next.scrollTop;
    setPlace(next);
  };

  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    const observer = new ResizeObserver(() => setViewPx(it.clientHeight));
    observer.observe(it);
    setViewPx(it.clientHeight);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: growth, size and the wish to follow are what moves the view
  useLayoutEffect(() => {
    if (follow) move(placeOf(lastTop(frame), frame), false);
  }, [follow, lines, viewPx, wrap, version]);

  useEffect(() => {
    pages.freshen(Math.floor(place.top), Math.min(lines, Math.ceil(place.top + viewPx / rowPx)));
  }, [pages, place.top, lines, viewPx]);

  const scrolled = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(scrolled.current), []);
  const onScroll = () => {
    const it = box.current;
    if (!it || Math.abs(it.scrollTop - latest.current.scrollTop) < 0.5) return;
    const next = scrolledTo(latest.current, it.scrollTop, frame);
    move(next, true);
    const atEnd = next.top >= lastTop(frame) - 0.5;
    if (atEnd !== follow) onFollow(atEnd);
    clearTimeout(scrolled.current);
    scrolled.current = setTimeout(() => {
      const exact = placeOf(latest.current.top, { lines, rowPx, viewPx });
      if (Math.abs(exact.scrollTop - latest.current.scrollTop) > 1) move(exact, false);
    }, restMs);
  };

  useImperativeHandle(ref, () => ({
    show: (line) => {
      const visible = viewPx / rowPx;
      const { top } = latest.current;
      if (line >= top + 1 && line < top + visible - 2 && !wrap) return;
      onFollow(false);
      move(placeOf(line - (wrap ? 1 : visible / 2), frame), false);
    },
  }));

  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    onFollow(event.key === 'End');
    move(placeOf(event.key === 'End' ? lastTop(frame) : 0, frame), false);
  };

  const first = Math.max(0, Math.floor(place.top) - (wrap ? 0 : overscan));
  const last = Math.min(lines, Math.ceil(place.top + viewPx / rowPx) + overscan);
  const atEnd = wrap && place.top >= lastTop(frame) - 0.5;
  // Wrapped lines are higher than the rows they are counted as: at the end they are laid from the bottom up.
  const shift: CSSProperties = atEnd
    ? { bottom: 0, transform: `translateY(${place.scrollTop + viewPx - Math.max(heightPx(frame), viewPx)}px)` }
    : { top: 0, transform: `translateY(${place.scrollTop - (wrap ? 0 : (place.top - first) * rowPx)}px)` };
  const numbers = String(lines).length;
  return (
    <section
      ref={box}
      tabIndex={0}
      aria-label={label}
      className={style.lines}
      data-wrap={wrap || undefined}
      onScroll={onScroll}
      onKeyDown={key}
      style={{ '--digits': numbers } as CSSProperties}
    >
      <div className={style.canvas} style={{ height: Math.max(heightPx(frame), viewPx) }}>
        <div className={style.block} style={shift}>
          {Array.from({ length: Math.max(0, last - first) }, (_, index) => {
            const number = first + index;
            return (
              <Line
                key={number}
                number={number}
                line={pages.line(number)}
                gap={gaps.includes(number)}
                fresh={freshFrom !== null && number >= freshFrom}
                wanted={wanted.text}
                matchCase={wanted.matchCase}
                current={number === current}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

interface LineProps {
  readonly number: number;
  readonly line: ShownLine | undefined;
  readonly gap: boolean;
  readonly fresh: boolean;
  readonly wanted: string;
  readonly matchCase: boolean;
  readonly current: boolean;
}

const Line = memo(function Line({ number, line, gap, fresh, wanted, matchCase, current }: LineProps) {
  const t = useWords();
  return (
    <div
      className={style.line}
      data-gap={gap || undefined}
      data-fresh={fresh || undefined}
      data-current={current || undefined}
      data-line={number + 1}
    >
      {gap && <span className={style.gap}>{t('gap')}</span>}
      <span className={style.number} aria-hidden="true" data-number={number + 1} />
      <span className={style.text}>
        {line === undefined
          ? ''
          : mark(line.pieces, wanted, matchCase).map(({ text, style: look, marked, at }) =>
              marked ? (
                <mark key={at} {...dress(look)}>
                  {text}
                </mark>
              ) : (
                <span key={at} {...dress(look)}>
                  {text}
                </span>
              ),
            )}
        {line?.cut && <span className={style.cut}>… {t('cut')}</span>}
      </span>
    </div>
  );
});

function dress(look: AnsiStyle): { className?: string; style?: CSSProperties } {
  const { fg, bg, bold, dim, italic, underline, inverse } = look;
  if (fg === null && bg === null && !bold && !dim && !italic && !underline && !inverse) return {};
  const colour = (value: number | string | null) => (typeof value === 'number' ? `var(--ansi-${value})` : value);
  const front = colour(fg);
  const back = colour(bg);
  return {
    style: {
      ...(inverse
        ? { color: back ?? 'var(--surface)', background: front ?? 'var(--ink)' }
        : { ...(front === null ? {} : { color: front }), ...(back === null ? {} : { background: back }) }),
      ...(bold ? { fontWeight: 600 } : {}),
      ...(dim ? { opacity: 0.7 } : {}),
      ...(italic ? { fontStyle: 'italic' } : {}),
      ...(underline ? { textDecoration: 'underline' } : {}),
    },
  };
}
