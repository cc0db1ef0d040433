// Beside the stage, or over it where there is no room: chat and files, people, connection. Its tabs change what it shows.
import { useEffect, useRef, type ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { IconButton } from '../shared/components/Button';
import { CloseIcon } from '../shared/icons/icons';
import { useLanguage } from '../shared/i18n/Language';
import type { Panel } from './state/AppState';

interface SidePanelProps {
  readonly panel: Panel;
  readonly onChoose: (panel: Panel) => void;
  readonly onClose: () => void;
  readonly chat: ReactNode;
  readonly people: ReactNode;
  readonly details: ReactNode;
}

/** The side panel, open. */
export function SidePanel({ panel, onChoose, onClose, chat, people, details }: SidePanelProps) {
  const { words } = useLanguage();
  const aside = useRef<HTMLElement>(null);
  // Opened by a key or a button, it takes the focus: chat into its field, the rest onto the tab.
  useEffect(() => {
    const first = aside.current?.querySelector<HTMLElement>('textarea') ?? aside.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]');
    first?.focus();
  }, []);
  return (
    <aside ref={aside} className="side" aria-label={words.panel[panel]} data-testid="panel" data-panel={panel}>
      <Tabs
        className="side-tabs"
        selectedKey={panel}
        onSelectionChange={(key) => {
          if (key === 'chat' || key === 'people' || key === 'details') onChoose(key);
        }}
      >
        <div className="side-head">
          <TabList className="side-list" aria-label={words.bar.more}>
            <Tab id="chat" className="side-tab">
              {words.bar.chat}
            </Tab>
            <Tab id="people" className="side-tab">
              {words.panel.people}
            </Tab>
            <Tab id="details" className="side-tab">
              {words.panel.details}
            </Tab>
          </TabList>
          <IconButton label={words.panel.close} onPress={onClose} placement="bottom" data-testid="close-panel">
            <CloseIcon />
          </IconButton>
        </div>
        <TabPanel id="chat" className="side-body side-body-chat">
          {chat}
        </TabPanel>
        <TabPanel id="people" className="side-body">
          {people}
        </TabPanel>
        <TabPanel id="details" className="side-body">
          {details}
        </TabPanel>
      </Tabs>
    </aside>
  );
}
