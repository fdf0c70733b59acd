/** Copies a text and says that it did. */
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button.tsx';
import type { IconName } from './icons.tsx';
import { useUiWords } from './words.ts';

interface Props {
  readonly text: string;
  readonly label?: string;
  readonly icon?: IconName;
}

export function CopyButton({ text, label, icon = 'copy' }: Props) {
  const t = useUiWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton
        icon={copied ? 'check' : icon}
        label={label ?? t('copy')}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      />
      <span role="status" className="visually-hidden">
        {copied ? t('copied') : ''}
      </span>
    </>
  );
}
