/**
 * A part of the window whose code is fetched when it is first needed, or ahead of that. Once fetched it renders at once:
 * React's own `lazy` would suspend again, and hold the part back for 300 ms.
 */
import { type ComponentType, type JSX, lazy, Suspense, useState } from 'react';

export interface LazyPart<Props extends object> {
  (props: Props): JSX.Element;
  /** Fetches the code ahead of need. A failure shows when the part is really asked for. */
  preload(): void;
}

export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  let Loaded: ComponentType<Props> | null = null;
  const fetched = async () => {
    Loaded = await load();
    return Loaded;
  };
  const Fetching = lazy(async () => ({ default: await fetched() }));
  function Part(props: Props) {
    // Once for as long as it stands: another element here, when the code has come, would be a new part that forgets what
    // was typed into the first (launcher.spec.ts, "what was typed stays").
    const [Ready] = useState(() => Loaded);
    if (Ready) return <Ready {...props} />;
    return (
      <Suspense fallback={null}>
        <Fetching {...props} />
      </Suspense>
    );
  }
  Part.preload = () => {
    if (!Loaded) fetched().catch(() => {});
  };
  return Part;
}
