// The one bar of controls. Hides while one only watches and comes back with any movement; it never hides under the focus.
import { useRef, type MouseEvent, type PointerEvent } from 'react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover, Toolbar } from 'react-aria-components';
import type { LocalMediaSnapshot } from '../../call';
import { IconButton } from '../../shared/components/Button';
import {
  CameraIcon,
  CameraOffIcon,
  ChatIcon,
  KeyboardIcon,
  LeaveIcon,
  LockIcon,
  MicrophoneIcon,
  MicrophoneOffIcon,
  MoreIcon,
  PaperclipIcon,
  PeopleIcon,
  ScreenIcon,
  ScreenOffIcon,
  SettingsIcon,
} from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import './controls.css';

interface ControlBarProps {
  readonly local: LocalMediaSnapshot;
  readonly canCall: boolean;
  readonly canSend: boolean;
  readonly openPanel: 'chat' | 'people' | 'details' | null;
  readonly unread: number;
  readonly isHidden: boolean;
  readonly isTalking: boolean;
  readonly onFiles: () => void;
  readonly onPanel: (panel: 'chat' | 'people' | 'details') => void;
  readonly onSettings: () => void;
  readonly onKeys: () => void;
  readonly onLeave: () => void;
}

/** The bar. */
export function ControlBar(props: ControlBarProps) {
  const { local, canCall, canSend, openPanel, unread, isHidden, isTalking } = props;
  const { words } = useLanguage();
  const { bar, media } = words;
  const isMicrophoneOn = local.microphone.state === 'on';
  const isCameraOn = local.camera.state === 'on';
  const microphone = isMicrophoneOn ? media.microphoneOff : media.microphoneOn;
  const camera = isCameraOn ? media.cameraOff : media.cameraOn;
  const isSharing = local.screen.state === 'on';
  const screen = isSharing ? media.screenOff : media.screenOn;
  const { toggleScreen } = local.actions;
  // Null also while the system asks: then it is no news that it can be done.
  const canShare = toggleScreen !== null || local.screen.state === 'starting';
  // A finger on the place of a hidden control wakes the bar and presses nothing: it might have been the red one.
  const isWaking = useRef(false);
  const onPointerDown = (event: PointerEvent): void => {
    isWaking.current = isHidden && event.pointerType !== 'mouse';
    if (isWaking.current) event.stopPropagation();
  };
  const onClick = (event: MouseEvent): void => {
    if (isWaking.current) event.stopPropagation();
    isWaking.current = false;
  };
  const chat = unread === 0 ? bar.chat : `${bar.chat}, ${bar.unread(unread)}`;

  return (
    <div className="controls" data-hidden={isHidden} onPointerDownCapture={onPointerDown} onClickCapture={onClick}>
      {isTalking ? (
        <p className="controls-hint" role="status">
          {bar.talking}
        </p>
      ) : null}
      <Toolbar className="bar" aria-label={bar.landmark}>
        {canCall ? (
          <>
            <IconButton
              label={microphone}
              hint={bar.shortcut(microphone, 'M')}
              look={isMicrophoneOn ? 'bar' : 'bar-off'}
              isDisabled={local.actions.toggleMicrophone === null}
              onPress={() => local.actions.toggleMicrophone?.()}
              data-on={isMicrophoneOn}
              data-testid="toggle-mic"
            >
              {isMicrophoneOn ? <MicrophoneIcon size="large" /> : <MicrophoneOffIcon size="large" />}
            </IconButton>
            <IconButton
              label={camera}
              hint={bar.shortcut(camera, 'V')}
              look={isCameraOn ? 'bar' : 'bar-off'}
              isDisabled={local.actions.toggleCamera === null}
              onPress={() => local.actions.toggleCamera?.()}
              data-on={isCameraOn}
              data-testid="toggle-camera"
            >
              {isCameraOn ? <CameraIcon size="large" /> : <CameraOffIcon size="large" />}
            </IconButton>
            {canShare ? (
              <span className="bar-wider-only">
                <IconButton
                  label={screen}
                  hint={bar.shortcut(screen, 'S')}
                  look="bar"
                  isDisabled={toggleScreen === null}
                  aria-pressed={isSharing}
                  onPress={() => toggleScreen?.()}
                  data-on={isSharing}
                  data-testid="toggle-screen"
                >
                  {isSharing ? <ScreenOffIcon size="large" /> : <ScreenIcon size="large" />}
                </IconButton>
              </span>
            ) : null}
          </>
        ) : null}
        <IconButton label={bar.files} hint={bar.shortcut(bar.files, 'F')} look="bar" isDisabled={!canSend} onPress={props.onFiles} data-testid="files">
          <PaperclipIcon size="large" />
        </IconButton>
        <IconButton
          label={chat}
          hint={bar.shortcut(bar.chat, 'C')}
          look="bar"
          aria-pressed={openPanel === 'chat'}
          onPress={() => props.onPanel('chat')}
          data-testid="chat"
        >
          <ChatIcon size="large" />
          {unread === 0 ? null : (
            <span className="bar-unread numbers" aria-hidden="true" data-testid="unread">
              {unread > 99 ? '99+' : unread}
            </span>
          )}
        </IconButton>
        <span className="bar-wide-only">
          <IconButton
            label={bar.people}
            hint={bar.shortcut(bar.people, 'P')}
            look="bar"
            aria-pressed={openPanel === 'people'}
            onPress={() => props.onPanel('people')}
            data-testid="people"
          >
            <PeopleIcon size="large" />
          </IconButton>
        </span>
        <MenuTrigger>
          <AriaButton className="icon-button icon-button-bar" aria-label={bar.more} data-testid="more">
            <MoreIcon size="large" />
          </AriaButton>
          <Popover className="menu-popover" placement="top" offset={12}>
            <Menu
              className="menu"
              aria-label={bar.more}
              onAction={(key) => {
                if (key === 'people' || key === 'details') props.onPanel(key);
                else if (key === 'screen') toggleScreen?.();
                else if (key === 'settings') props.onSettings();
                else if (key === 'keys') props.onKeys();
              }}
            >
              {canCall ? (
                <MenuItem id="screen" className="menu-item" textValue={canShare ? screen : `${screen}: ${media.screenUnsupported}`} isDisabled={toggleScreen === null} data-testid="menu-screen">
                  {isSharing ? <ScreenOffIcon /> : <ScreenIcon />}
                  <span>
                    {screen}
                    {canShare ? null : <span className="menu-note">{media.screenUnsupported}</span>}
                  </span>
                </MenuItem>
              ) : null}
              <MenuItem id="people" className="menu-item" textValue={bar.people}>
                <PeopleIcon /> {bar.people}
              </MenuItem>
              <MenuItem id="details" className="menu-item" textValue={words.panel.details}>
                <LockIcon /> {words.panel.details}
              </MenuItem>
              <MenuItem id="settings" className="menu-item" textValue={bar.settings} data-testid="settings">
                <SettingsIcon /> {bar.settings}
              </MenuItem>
              <MenuItem id="keys" className="menu-item" textValue={bar.keys}>
                <KeyboardIcon /> {bar.keys}
              </MenuItem>
            </Menu>
          </Popover>
        </MenuTrigger>
        <span className="bar-gap" aria-hidden="true" />
        <IconButton label={bar.leave} look="bar-danger" onPress={props.onLeave} data-testid="leave">
          <LeaveIcon size="large" />
        </IconButton>
      </Toolbar>
    </div>
  );
}
