/** Around a page: a fault of one page leaves the rest of the console usable, and is told. */
import { Component, type ReactNode } from 'react';
import { Failed } from './states.tsx';

interface State {
  error: Error | undefined;
}

export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <Failed error={error} again={() => this.setState({ error: undefined })} />;
  }
}
