/** A defect in the window: says so, keeps a way out. The report to the log is made in `main.tsx`. */
import { Component, type ReactNode } from 'react';
import { ErrorNotice } from './error-notice.tsx';

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly detail: string | null }> {
  override state: { readonly detail: string | null } = { detail: null };

  static getDerivedStateFromError(error: unknown): { detail: string } {
    return { detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }

  override render(): ReactNode {
    const { detail } = this.state;
    if (detail === null) return this.props.children;
    return (
      <div style={{ padding: 24, maxWidth: 640 }}>
        <ErrorNotice
          error={{ code: 'internal', place: 'computer', retry: 'user', params: {}, detail }}
          onRetry={() => location.reload()}
        />
      </div>
    );
  }
}
