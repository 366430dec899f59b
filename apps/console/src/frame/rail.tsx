/** The left rail: the places that exist. */
import { Link } from '@tanstack/react-router';
import { Bookmark, LayoutDashboard, Server, Share2, SlidersHorizontal } from 'lucide-react';

export function Rail() {
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/c/embedded/overview">
        <LayoutDashboard aria-hidden="true" />
        Overview
      </Link>
      <Link to="/c/embedded/jobs">
        <Share2 aria-hidden="true" />
        Jobs
      </Link>
      <Link to="/c/embedded/task-managers">
        <Server aria-hidden="true" />
        Task managers
      </Link>
      <Link to="/c/embedded/savepoints">
        <Bookmark aria-hidden="true" />
        Savepoints
      </Link>
      <Link to="/c/embedded/settings">
        <SlidersHorizontal aria-hidden="true" />
        Settings
      </Link>
    </nav>
  );
}
