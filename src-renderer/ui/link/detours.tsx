/** Services that are not reached over their session's SSH connection: which way they take, and why. */
import type { Detour, Link } from '../../../src-preload/contract/links.ts';
import { Icon } from '../icons.tsx';
import style from './link-line.module.css';
import { useLinkTexts } from './link-words.ts';

/** A sentence for one service, and the way alone. */
export function useDetourWords(): (detour: Detour, title: string) => { sentence: string; way: string } {
  const t = useLinkTexts();
  return ({ way, why }, service) => {
    const words = t(`way.${way}`);
    return { sentence: t('detour', { service, way: words, why: t(`why.${why}`) }), way: words };
  };
}

interface Props {
  readonly link: Link | undefined;
  readonly titleOf: (service: string) => string;
}

/** One line a service; nothing where all take the best way. */
export function DetourLines({ link, titleOf }: Props) {
  const words = useDetourWords();
  return link?.detours.map((detour) => (
    <p key={detour.service} className={style.line} data-kind="plain">
      <Icon name="info" />
      <span className={style.text}>{words(detour, titleOf(detour.service)).sentence}</span>
    </p>
  ));
}
