create table reading (at text not null, celsius real not null);
